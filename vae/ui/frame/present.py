"""Presenting: `?present=1` in the address gives the page to the picture, for a projector."""

import streamlit as st


def active() -> bool:
    """Tell whether this page is presented."""
    return st.query_params.get("present") == "1"
