"""The page's address carries the state of the sidebar, so that a link, a reload and a click on a page lose nothing.

Widgets bound to the address do most of it. Two things they do not: carry what no widget shows, and keep a value that
came with the address through the first click on another page, which gives every bound widget its default.
"""

import streamlit as st

# The job that this session waits for, and the VAE that it compared before its last retraining.
UNSEEN = ("run", "before")
SIDEBAR = (
    "ae",
    "vae",
    "beta",
    "latent",
    "budget",
    "seconds",
    "epochs",
    "ae_too",
    "body",
    "likelihood",
    "seed",
    "input_noise",
)


def restore(page: str) -> bool:
    """Take from the address, or from the page before this one, what the session lacks; call before drawing widgets.

    Returns:
        Whether the session has just switched to this page.
    """
    for key in UNSEEN:
        if key not in st.session_state:
            st.session_state[key] = st.query_params.get(key, "")
    kept = st.session_state.get("kept", {})
    switched = kept.get("page", page) != page
    if switched:
        st.session_state.update(kept["values"])
    return switched


def write_unseen() -> None:
    """Write into the address what no widget shows.

    Not to be called in the first run after a switch of pages, in which it would drop what widgets are bound to.
    """
    for key in UNSEEN:
        value = st.session_state[key]
        if value and st.query_params.get(key) != value:
            st.query_params[key] = value
        elif not value and key in st.query_params:
            del st.query_params[key]


def keep(page: str) -> None:
    """Remember the sidebar's values; call after its widgets are drawn."""
    values = {key: st.session_state[key] for key in SIDEBAR if key in st.session_state}
    previous = st.session_state.get("kept", {}).get("values", {})
    st.session_state["kept"] = {"page": page, "values": previous | values}
