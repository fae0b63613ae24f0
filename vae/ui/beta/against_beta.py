"""Samples, codes and active units of ladders against β, computed once for all sessions."""

import streamlit as st

from vae.beta.best import Criterion
from vae.beta.ladder import Ladder
from vae.figures import beta as beta_figures
from vae.figures.beta import Series
from vae.measure.sample_quality import ANCHORS, features_note
from vae.ui.shared import charts
from vae.ui.shared.models import drawn

PANELS = (
    Criterion("Fréchet distance of samples", "samples", "frechet", "prior"),
    Criterion("kNN accuracy, 100 labels", "latents", "knn_100"),
)
ACTIVE = "active units"


@drawn()
def show(same: list[Ladder]) -> None:
    """Draw these measures of every ladder against β; draw nothing where nothing was measured."""
    panels = {panel.label: [_series(ladder, panel) for ladder in same] for panel in PANELS}
    panels[ACTIVE] = [_active(ladder) for ladder in same]
    if not any(value is not None for series in panels.values() for one in series for value in one.values):
        return
    anchors, note = {}, ""
    for criterion in PANELS:
        found = next((m for ladder in same for run in ladder.rungs if (m := criterion.of(run))), None)
        if found is not None:
            note = note or (features_note(found.meaning) if criterion.group == "samples" else "")
            names = ANCHORS if criterion.group == "samples" else {"bad": "chance"}
            known = {name: getattr(found, key) for key, name in names.items()}
            anchors[criterion.label] = {name: value for name, value in known.items() if value is not None}
    charts.show(
        beta_figures.against_beta(panels, anchors),
        "against_beta",
        "Fréchet distance, kNN accuracy and active units against β",
        tools=True,
    )
    st.caption(
        "Fréchet distance of 10,000 decodes of z ~ N(0, I) from the test images, lower is better; the share of test "
        "images that the 5 nearest of 100 labelled codes read right, the mean of 10 draws of labels; dimensions whose "
        "posterior mean varies by more than 0.01 over the test images. Bars: 95 % bootstrap intervals. " + note
    )


def _series(ladder: Ladder, criterion: Criterion) -> Series:
    measures = [criterion.of(run) for run in ladder.rungs]
    columns = ([getattr(m, key, None) for m in measures] for key in ("value", "low", "high"))
    return Series(ladder.label, ladder.betas, *columns)


def _active(ladder: Ladder) -> Series:
    values = [run.metric("active_units") for run in ladder.rungs]
    return Series(ladder.label, ladder.betas, values, values, values)
