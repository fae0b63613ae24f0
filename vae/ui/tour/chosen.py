"""The two test images that the first three scenes are about."""

import random

import streamlit as st

FIRST = (3, 5)  # a path on which each model makes about as many realistic images as it does on most paths
KEY = "tour_images"
AMONG = 2_000


def images() -> tuple[int, int]:
    """Return the numbers of the two test images."""
    found: tuple[int, int] = st.session_state.get(KEY, FIRST)
    return found


def offer(label: str) -> None:
    """Draw the button that takes two other test images at random."""
    st.button(label, key="tour_others", icon=":material/shuffle:", on_click=_shuffle)


def _shuffle() -> None:
    one, other = random.sample(range(AMONG), 2)
    st.session_state[KEY] = (one, other)
