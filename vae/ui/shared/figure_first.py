"""The place of a figure above the controls that it follows, and what a page says at its end."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.ui.shared.terms import explained


def places(key: str, height: int) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the place of a figure and, below it, that of its controls, which a page draws first to know their values.

    The figure's place has its height from the start, so that the controls do not move when the figure comes.

    Args:
        key: the place's key, unique on its page.
        height: of the figure in a window that is wide enough, in pixels.
    """
    figure = st.container(key=f"figure_{key}")
    rule = f"@media (min-width: 768px) {{ .st-key-figure_{key} {{ min-height: {height}px; }} }}"
    figure.markdown(f"<style>{rule}</style>", unsafe_allow_html=True)
    return figure, st.container()


def more(*paragraphs: str, label: str = "More to look for") -> None:
    """Draw paragraphs in Markdown folded away under a label, with the terms of the glossary linked."""
    with st.expander(label):
        st.markdown(explained("\n\n".join(paragraphs)))
