"""The one function with which pages add rules of their own to the style sheet."""

import streamlit as st


def add(rules: str, key: str) -> None:
    """Add rules of CSS that hold while what is drawn here stays on the page.

    The element that carries them takes no place, also while the browser has not loaded it yet: the style sheet knows
    its key.

    Args:
        key: unique on the page.
    """
    with st.container(key=f"style_{key}"):
        st.markdown(f"<style>{rules}</style>", unsafe_allow_html=True)
