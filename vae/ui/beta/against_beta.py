"""Samples, codes and active units of ladders against β, computed once for all sessions."""

import streamlit as st

from vae.beta.best import Criterion
from vae.beta.ladder import Ladder
from vae.figures import beta as beta_figures
from vae.figures.beta import Series
from vae.measure.sample_quality import ANCHORS, features_note
from vae.ui.shared import charts
from vae.ui.shared.models import drawn
from vae.ui.shared.terms import explained

PANELS = (
    Criterion("Fréchet distance", "samples", "frechet", "prior"),
    Criterion("kNN accuracy, 100 labels", "latents", "knn_100"),
)
ACTIVE = "Number of active units"


@drawn()
def show(same: list[Ladder]) -> None:
    """Draw these measures of every ladder against β; draw nothing where nothing was measured."""
    named = list(zip(_names(same), same, strict=True))
    panels = {panel.label: [_series(name, ladder, panel) for name, ladder in named] for panel in PANELS}
    panels[ACTIVE] = [_active(name, ladder) for name, ladder in named]
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
    for number, (column, (title, several)) in enumerate(zip(st.columns(len(panels)), panels.items(), strict=True), 1):
        with column:
            figure = beta_figures.against_beta(title, several, anchors.get(title, {}))
            charts.show(figure, f"against_beta_{number}", f"{title} against β", tools=True)
    with st.expander("How these numbers were measured"):
        st.caption(
            explained(
                "The Fréchet distance is that of 10,000 samples with z ~ N(0, I) from the test images; lower is "
                "better. The kNN accuracy is the share of test images that the 5 nearest of 100 labelled codes read "
                "right, and the mean of 10 draws of labels. A dimension is an active unit if its posterior mean "
                "varies by more than 0.01 "
                "over the test images. The bars are 95 % bootstrap intervals. " + note
            )
        )


def _names(same: list[Ladder]) -> list[str]:
    """Name ladders by their latent size where that tells them apart, and else by all that their runs share."""
    sizes = [f"{ladder.config.latent_dim}-D" for ladder in same]
    return sizes if len(set(sizes)) == len(sizes) else [ladder.label for ladder in same]


def _series(name: str, ladder: Ladder, criterion: Criterion) -> Series:
    measures = [criterion.of(run) for run in ladder.rungs]
    columns = ([getattr(m, key, None) for m in measures] for key in ("value", "low", "high"))
    return Series(name, ladder.betas, *columns)


def _active(name: str, ladder: Ladder) -> Series:
    values = [run.metric("active_units") for run in ladder.rungs]
    return Series(name, ladder.betas, values, values, values)
