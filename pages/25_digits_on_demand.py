"""Digits on demand: a VAE whose decoder is told the class, so that any class can be asked for in any style."""

import streamlit as st

from vae.ui.frame import page, pages
from vae.ui.generate import on_demand, on_demand_course, on_demand_numbers, on_demand_styles
from vae.ui.shared import figure_first, words
from vae.ui.shared.models import Trained


def show() -> None:
    """Draw the grid of styles, its controls, what was measured of the model, and the film and the losses of its run."""
    grid, controls = figure_first.places("styles")
    with controls:
        trained = on_demand.choose()
    if trained is None:
        return
    with grid:
        st.fragment(on_demand_styles.show)(trained)
    on_demand_numbers.show(trained)
    _film(trained)
    on_demand_course.losses(trained)
    kept = (
        "its slant, its stroke and its width from digit to digit"
        if words.thing(trained.dataset) == "digit"
        else "its style from class to class"
    )
    figure_first.more(
        f"A row keeps {kept}: that is all that z has left to say, because a classifier tells the decoder the class. "
        "The classifier reads the image beside the encoder, and its answer joins z in front of the decoder.",
        "Draw a digit, or choose a file: its style becomes the style of every class.",
        on_demand.described(trained.checkpoint),
    )


def _film(trained: Trained) -> None:
    st.subheader("One row after every epoch of training")
    found = on_demand_numbers.film(trained)
    if found is None:
        st.warning("The film of this run, filmstrip.png, is missing or damaged. The model itself is sound.")
        return
    count = len(found.frames)
    every = count <= on_demand_course.SHORT_FILM or st.toggle(
        f"Show all {count} epochs", key="demand_all", bind="query-params"
    )
    on_demand_course.rows(trained, every=every)


page.begin(
    pages.DIGITS_ON_DEMAND,
    "Every column is a class that the decoder was asked for, and every row is one z, which is left to say the style.",
    "Look along a row for what stays. A framed image is one in which the judge reads another class than was asked for.",
)
show()
