"""Digits on demand: a VAE whose decoder is told the class, so that any class can be asked for in any style."""

import numpy as np
import streamlit as st

from vae.figures.losses import loss_curves
from vae.figures.on_demand import class_rows
from vae.generate.on_demand import with_vae_loss
from vae.ui.frame import page, pages
from vae.ui.generate import on_demand, on_demand_numbers, on_demand_styles
from vae.ui.shared import charts
from vae.ui.shared.models import Trained

SHORT_FILM = 20  # rows
FILM_SIDE = 42  # pixels
LAST_EPOCHS = 5


def show() -> None:
    """Draw the grid of styles, what was measured of the model, and the film and the losses of its run."""
    trained = on_demand.choose()
    if trained is None:
        return
    st.subheader("Ten digits, many styles" if trained.checkpoint.classes == 10 else "Every class, many styles")
    st.fragment(on_demand_styles.show)(trained)
    on_demand_numbers.show(trained)
    _film(trained)
    _losses(trained)


def _film(trained: Trained) -> None:
    st.subheader("A row of every class after every epoch")
    found = on_demand_numbers.film(trained)
    if found is None:
        st.warning("filmstrip.png is missing or damaged; the rest of the checkpoint is sound.")
        return
    film, epochs = found
    read = on_demand_numbers.read_film(trained, film)
    shown = np.arange(len(film))
    if len(film) > SHORT_FILM and not st.toggle(f"All {len(film)} epochs", key="demand_all", bind="query-params"):
        shown = np.unique(np.linspace(0, len(film) - 1, SHORT_FILM).round().astype(int))
    charts.show(
        class_rows(
            list(film[shown]),
            [f"epoch {epochs[i]:g}" for i in shown],
            trained.dataset.class_names,
            None if read is None else read[shown],
            side=FILM_SIDE,
        ),
        "demand_film",
        "A row of decodes of every class after every epoch",
    )
    last = (
        ""
        if read is None
        else f" In the last {len(read[-LAST_EPOCHS:])} epochs {on_demand.right(read[-LAST_EPOCHS:])}."
    )
    st.caption(f"The article's picture: one z ~ N(0, I), drawn anew every epoch, with each class asked for.{last}")


def _losses(trained: Trained) -> None:
    st.subheader("Both losses")
    config, history = trained.checkpoint.config, trained.checkpoint.history
    charts.show(
        loss_curves(
            {trained.name: with_vae_loss(history, config.classifier_weight)},
            {"vae": "The VAE's loss, nats per image", "cross_entropy": "The classifier's, nats per image"},
            height=360,
        ),
        "demand_losses",
        "The VAE's loss and the classifier's cross-entropy over epochs",
        tools=True,
    )
    tested = history["test_cross_entropy"].to_numpy()
    lowest, least, last = tested.argmin(), tested.min(), tested[-1]
    rises = (
        f" The classifier's test loss is lowest, {least:.3f}, after epoch {history['epoch'].iloc[lowest]:g} and ends "
        f"at {last:.3f}: the decoder reads its softmax, and training weighs what helps either."
        if last > 1.1 * least
        else ""
    )
    st.caption(
        "The VAE's loss is reconstruction + β · KL, the classifier's its cross-entropy; the objective is their sum, "
        f"the latter weighted by w = {config.classifier_weight:g}. Test losses over all test images, one draw of z "
        "each; training losses over the epoch's batches while the weights moved." + rises
    )


page.begin(
    pages.DIGITS_ON_DEMAND,
    "A classifier tells the decoder which digit it is, and z is left to say in which hand: now any digit can be asked "
    "for in any style.",
)
show()
