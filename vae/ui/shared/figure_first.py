"""The place of a figure above the controls that it follows, and what a page says at its end."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.ui.shared import style
from vae.ui.shared.terms import explained

# Heights of figures in a window that is wide enough, in pixels, by the key of their place.
HEIGHTS = {
    "balance": 266,
    "losses": 106,
    "path": 600,
    "rows": 450,
    "spoilt": 330,
    "styles": 440,
    "sum": 430,
    "two": 370,
    "walls": 637,
    "worst": 430,
}


def rules() -> str:
    """Return the rules of CSS that keep the height of every figure free, for the style sheet of the first HTML."""
    return "\n".join(_rule(key, height) for key, height in HEIGHTS.items())


def _rule(key: str, height: int) -> str:
    return f"@media (min-width: 768px) {{ .st-key-figure_{key} {{ min-height: {height}px; }} }}"


def places(key: str, height: int | None = None) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the place of a figure and, below it, that of its controls, which a page draws first to know their values.

    The figure's place has its height from the start, so that the controls do not move when the figure comes.

    Args:
        key: of `HEIGHTS`.
        height: of the figure, in pixels, where it is another one than there.
    """
    return place(key, height), st.container()


def place(key: str, height: int | None = None) -> DeltaGenerator:
    """Return a place that has its height from the start; `key` and `height` are as in `places`."""
    found = st.container(key=f"figure_{key}")
    with found:  # what is in it makes the browser draw the place before the figure is there
        style.add(_rule(key, height or HEIGHTS[key]), f"figure_{key}")
    return found


def more(*paragraphs: str, label: str = "More to look for") -> None:
    """Draw paragraphs in Markdown folded away under a label, with the terms of the glossary linked."""
    with st.expander(label):
        st.markdown(explained("\n\n".join(paragraphs)))
