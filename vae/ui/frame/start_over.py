"""Start over: this session and its browser as at a first visit, for a teacher between two lectures."""

import streamlit as st
from streamlit.runtime.state import get_session_state

from vae.ui.components.component import component
from vae.ui.frame.pages import LATENT_SPACES, Page
from vae.ui.shared.identity import session

_BEGUN = "starts_over"
_component = component("start_over")


def start_over() -> None:
    """Forget all that this session has chosen and lead it to the first page; call it in a callback.

    Nothing is deleted: all runs stay, and one that trains goes on.
    """
    whose = session()
    st.session_state.clear()
    st.session_state.update({"session": whose, _BEGUN: True})
    with get_session_state().query_params() as parameters:
        for key in list(parameters):
            parameters.remove_param(key)


def follow(page: Page) -> None:
    """Lead a session that starts over to the first page, which its browser then loads anew; call it first on a page."""
    if _BEGUN not in st.session_state:
        return
    if page != LATENT_SPACES:
        st.switch_page(LATENT_SPACES.path)
    del st.session_state[_BEGUN]
    _component(key="load_anew", data={})  # widgets and the map remember on their own what is chosen


def button() -> None:
    """Draw the button, which asks before it does anything."""
    with st.popover("Start over", icon=":material/restart_alt:", width="stretch", key="start_over"):
        st.container(width=280).markdown(
            "The app goes back to its first page, with the models and settings of a first visit. No run is deleted, "
            "and a run that is training goes on."
        )
        st.button("Start over now", key="reset_to_start", type="primary", width="stretch", on_click=start_over)
