"""The course of a ClassifierVAE's run: a row of every class after every epoch, and both of its losses."""

import numpy as np
import streamlit as st

from vae.figures.losses import loss_curves
from vae.figures.on_demand import class_rows
from vae.generate.on_demand import with_vae_loss
from vae.ui.generate import on_demand, on_demand_numbers
from vae.ui.shared import charts, picture_rows
from vae.ui.shared.models import Trained, drawn
from vae.ui.shared.terms import explained

SHORT_FILM = 20  # rows
FILM_SIDE = 42  # pixels
LAST_EPOCHS = 5


@drawn(max_entries=8, show_spinner="Reading the rows of every epoch…")
def rows(trained: Trained, *, every: bool) -> None:
    """Draw a row of every class after every epoch, or after some epochs of a long run."""
    found = on_demand_numbers.film(trained)
    assert found is not None
    film, epochs = found
    read = on_demand_numbers.read_film(trained, film)
    shown = np.arange(len(film))
    if not every:
        shown = np.unique(np.linspace(0, len(film) - 1, SHORT_FILM).round().astype(int))
    picture_rows.show(
        class_rows(
            list(film[shown]),
            [f"epoch {epochs[i]:g}" for i in shown],
            trained.dataset.class_names,
            None if read is None else read[shown],
            side=FILM_SIDE,
        ),
        "demand_film",
        "One row after every epoch: the same z decoded with each class",
    )
    last = (
        ""
        if read is None
        else f" In the last {len(read[-LAST_EPOCHS:])} epochs {on_demand.right(read[-LAST_EPOCHS:])}."
    )
    st.caption(explained(f"After every epoch one new z from the prior is decoded with each class.{last}"))


@drawn()
def losses(trained: Trained) -> None:
    """Draw the VAE's loss and the classifier's over epochs."""
    st.subheader("How did both losses fall?")
    config, history = trained.checkpoint.config, trained.checkpoint.history
    charts.show(
        loss_curves(
            {trained.name: with_vae_loss(history, config.classifier_weight)},
            {"vae": "VAE loss, nats", "cross_entropy": "Classifier loss, nats"},
            height=360,
        ),
        "demand_losses",
        "The VAE's loss and the classifier's cross-entropy over epochs",
        tools=True,
    )
    tested = history["test_cross_entropy"].to_numpy()
    lowest, least, last = tested.argmin(), tested.min(), tested[-1]
    rises = (
        f" The classifier's test loss is lowest after epoch {history['epoch'].iloc[lowest]:g} ({least:.3f} nats) and "
        f"ends at {last:.3f} nats."
        if last > 1.1 * least
        else ""
    )
    st.caption(
        explained(
            "Losses are in nats per image. The VAE's is reconstruction + β · KL and the classifier's its "
            "cross-entropy; training lowers their sum, in which the latter weighs w = "
            f"{config.classifier_weight:g}.{rises}"
        )
    )
