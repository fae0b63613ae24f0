"""The state of the sidebar in the page's address, so that a link, a reload and a change of page lose nothing.

Widgets bound to the address do most of it. This module does three things that they do not: it refuses what no widget
can hold, on every page and for every parameter, it carries the values that no widget shows, and it keeps a value that
came with the address through the first click on another page, which resets every bound widget to its default.

Every run of a page calls the three functions in this order:

1. `sidebar.show` calls `restore` before it draws any widget, because a widget's value can be set only before it is
   drawn, because `run_status` and the form read `run` and `before` from the session, and because Streamlit refuses only
   a part of what a widget cannot hold: at an infinite whole number it stops, and an empty text clears a required list.
2. `retrain.show_form` calls `keep` once all widgets of the sidebar are drawn. The form is a fragment, which also runs
   by itself when one of its widgets changes; calling `keep` inside it remembers these changes too.
3. `sidebar.show` calls `write_unseen` at its end, unless `restore` has returned True.
"""

from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.state import get_session_state

from vae.ui.frame import seeds, settings

# The id of the job that this session waits for, and the name of the VAE that it compared before its last retraining.
UNSEEN = ("run", "before")
SIDEBAR = (
    "ae",
    "vae",
    "beta",
    "latent",
    "budget",
    "start_from",
    *settings.BUDGETS,
    "ae_too",
    "preset",
    seeds.KEY,
    *settings.KEYS,
)


def restore(page: str, *more: str) -> bool:
    """Fill the session from the address and, after a change of page, with the values kept on the page before.

    Call it before any widget of the sidebar is drawn.

    Args:
        more: keys beside `UNSEEN` that no widget shows on this page.

    Returns:
        True if the session has just changed to this page.
    """
    _refuse_unusable()
    kept = st.session_state.get("kept", {})
    switched = kept.get("page", page) != page
    if switched:
        st.session_state.update(kept["values"])
    for key in (*UNSEEN, *more):
        if key not in st.session_state:
            st.session_state[key] = st.query_params.get(key, "")
    return switched


def _refuse_unusable() -> None:
    """Take what no widget can hold out of the address, whatever page it is of, and begin again without it.

    A repeated parameter is refused if one of its values is.
    """
    unusable = [key for key in st.query_params if not _is_usable(key)]
    refused = [key for key in unusable if _forget(key)]
    if refused:
        st.rerun()


def _is_usable(key: str) -> bool:
    return all(settings.is_usable(key, text) for text in st.query_params.get_all(key))


def _forget(key: str) -> bool:
    """Take a parameter out of the address; return False for a text that was typed into its field, which stays."""
    try:
        del st.query_params[key]
    except StreamlitAPIException:  # its widget is drawn: it was typed, or the browser went back to an old address
        if key in settings.TEXTS:
            return False
        with get_session_state().query_params() as parameters:
            parameters.remove_param(key)
    return True


def write_unseen(*more: str) -> None:
    """Write the values that no widget shows, those of `UNSEEN` and of the keys `more`, into the address.

    Do not call it in the first run after a change of page: it would drop the bound widgets' values from the address.
    """
    for key in (*UNSEEN, *more):
        value = st.session_state[key]
        if value and st.query_params.get(key) != value:
            st.query_params[key] = value
        elif not value and key in st.query_params:
            del st.query_params[key]


def put(values: dict[str, Any]) -> None:
    """Set widgets of the sidebar, in a callback; those that have never been drawn are written into the address too.

    Streamlit writes a value that code has set into the address only if its widget was drawn before.
    """
    for key, value in values.items():
        if key not in st.session_state and value != settings.DEFAULTS.get(key):
            st.query_params[key] = value
        st.session_state[key] = value


def keep(page: str) -> None:
    """Remember the sidebar's values for the next page; call it once its widgets are drawn."""
    values = {key: st.session_state[key] for key in SIDEBAR if key in st.session_state}
    previous = st.session_state.get("kept", {}).get("values", {})
    st.session_state["kept"] = {"page": page, "values": previous | values}
