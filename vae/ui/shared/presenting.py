"""Whether this page is presented: `?present=1` in the address gives it to the picture, for a projector."""

import streamlit as st

PARAMETER = "present"
LEAST_TYPE = 18  # pixels: the smallest type that a room can read; present.css has it too


def active() -> bool:
    """Tell whether this page is presented."""
    return st.query_params.get(PARAMETER) == "1"


def carried() -> dict[str, str]:
    """Return what a link must have in its address so that the page it leads to is presented if this one is."""
    return {PARAMETER: "1"} if active() else {}
