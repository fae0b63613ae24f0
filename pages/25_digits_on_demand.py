"""Digits on demand: a VAE whose decoder is told the class, so that any class can be asked for in any style."""

import streamlit as st

from vae.ui.frame import page, pages
from vae.ui.generate import on_demand, on_demand_course, on_demand_numbers, on_demand_styles
from vae.ui.shared import words
from vae.ui.shared.models import Trained


def show() -> None:
    """Draw the grid of styles, what was measured of the model, and the film and the losses of its run."""
    trained = on_demand.choose()
    if trained is None:
        return
    digits = words.thing(trained.dataset) == "digit"
    st.subheader("Ten digits, many styles" if digits else "Every class, many styles")
    st.fragment(on_demand_styles.show)(trained)
    on_demand_numbers.show(trained)
    _film(trained)
    on_demand_course.losses(trained)


def _film(trained: Trained) -> None:
    st.subheader("A row of every class after every epoch")
    found = on_demand_numbers.film(trained)
    if found is None:
        st.warning("filmstrip.png is missing or damaged; the rest of the checkpoint is sound.")
        return
    count = len(found.frames)
    every = count <= on_demand_course.SHORT_FILM or st.toggle(
        f"All {count} epochs", key="demand_all", bind="query-params"
    )
    on_demand_course.rows(trained, every=every)


page.begin(
    pages.DIGITS_ON_DEMAND,
    "A classifier tells the decoder the class, such as which digit it is, and z is left to say in which style: now any "
    "class can be asked for in any style.",
)
show()
