"""The course of finished runs: their loss curves, and the films of their samples."""

import streamlit as st

from vae.figures.images import film as film_figure
from vae.figures.losses import loss_curves
from vae.storage.checkpoints import Checkpoint
from vae.storage.film import read_filmstrip
from vae.ui.shared import charts
from vae.ui.shared.models import drawn


@drawn()
def curves(shown: list[Checkpoint]) -> None:
    """Draw the losses of runs over epochs."""
    figure = loss_curves({c.name: c.history for c in shown})
    charts.show(figure, "loss_curves", "Reconstruction loss and KL over the epochs of training", tools=True)


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
    charts.show(
        film_figure(found.frames, checkpoint.image_shape[2], found.epochs, f"{checkpoint.name}: samples with {what}"),
        f"film_{checkpoint.name}",
        f"Samples of {checkpoint.name} after each epoch of which a picture was kept",
    )
