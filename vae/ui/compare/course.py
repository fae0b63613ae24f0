"""The course of finished runs: their loss curves, and the films of their samples."""

from collections.abc import Mapping

import streamlit as st

from vae.figures.images import film as film_figure
from vae.figures.losses import loss_curves
from vae.storage.checkpoints import Checkpoint
from vae.storage.film import read_filmstrip
from vae.training.config import MULTI_RATE
from vae.ui.shared import charts
from vae.ui.shared.models import drawn
from vae.ui.shared.plain import plain
from vae.ui.shared.terms import explained


@drawn()
def curves(shown: list[Checkpoint]) -> None:
    """Draw the losses of runs over epochs."""
    figure = loss_curves({c.name: c.history for c in shown})
    charts.show(figure, "loss_curves", "Reconstruction loss and KL over the epochs of training", tools=True)


def explain_multi_rate(kinds: Mapping[str, str]) -> None:
    """Say which β the losses of multi-rate VAEs are of, if any of these runs is one.

    Args:
        kinds: the kinds of the models, by the name of the run.
    """
    every = [plain(name) for name, kind in kinds.items() if kind == MULTI_RATE]
    if every:
        st.caption(
            explained(
                f":material/info: The training loss of {' and '.join(every)} is over the β that were drawn for its "
                "images, and the test loss is at β 1, so that the two lines are not on one scale."
            )
        )


@drawn(max_entries=8)
def film(checkpoint: Checkpoint) -> None:
    """Draw the film of a run's samples, or say that its file is missing or damaged."""
    found = read_filmstrip(checkpoint)
    if found is None:
        st.warning(
            f"There is no film of {checkpoint.name}, because filmstrip.png is missing or damaged. The model is sound."
        )
        return
    what = "one z, with every class asked for" if checkpoint.model == "classifier-vae" else "the same 16 z"
    what += " at β 1" if checkpoint.model == MULTI_RATE else ""
    charts.show(
        film_figure(found.frames, checkpoint.image_shape[2], found.epochs, f"{checkpoint.name}: samples with {what}"),
        f"film_{checkpoint.name}",
        f"Samples of {checkpoint.name} after each epoch of which a picture was kept",
    )
