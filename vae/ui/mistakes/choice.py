"""The choice of a mistake, which the address has too: `?mistake=mean`."""

import streamlit as st

from vae.ui.mistakes.lessons import FIRST, LESSONS, Lesson

KEY = "mistake"


def choose() -> Lesson:
    """Draw the choice and return the mistake chosen; an address without one, or with none of these, has the first."""
    asked = st.query_params.get(KEY)
    if asked in LESSONS:
        st.session_state[KEY] = asked
    elif st.session_state.get(KEY) not in LESSONS:
        st.session_state[KEY] = FIRST
    # It is not bound to the address, which would hold the label in the place of the name.
    key = st.segmented_control(
        "The mistake",
        list(LESSONS),
        key=KEY,
        required=True,
        format_func=lambda name: LESSONS[name].label,
        label_visibility="collapsed",
        on_change=_write,
    )
    return LESSONS[key or FIRST]


def _write() -> None:
    st.query_params[KEY] = st.session_state[KEY]
