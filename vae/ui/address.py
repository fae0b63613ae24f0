"""What the page's address must carry beside the widgets that are bound to it, so that a reload loses nothing."""

import streamlit as st

# The job this session waits for, and the VAE that was compared before its last retraining.
KEYS = ("run", "before")


def restore() -> None:
    """After a reload the session is new and the address is old: take from it what the session lacks."""
    for key in KEYS:
        if key not in st.session_state:
            st.session_state[key] = st.query_params.get(key, "")


def keep() -> None:
    """Write the session's values into the address; a click on a page link would lose them."""
    for key in KEYS:
        value = st.session_state.get(key, "")
        if value and st.query_params.get(key) != value:
            st.query_params[key] = value
        elif not value and key in st.query_params:
            del st.query_params[key]
