"""The page's address carries the state of the sidebar, so that a link, a reload and a click on a page lose nothing.

Widgets bound to the address do most of it. Two things they do not: carry what no widget shows, and keep a value that
came with the address through the first click on another page, which gives every bound widget its default.
"""

import streamlit as st

# The job that this session waits for, and the VAE that it compared before its last retraining.
UNSEEN = ("run", "before")
SIDEBAR = ("ae", "vae", "beta", "latent", "budget", "seconds", "epochs", "ae_too", "body", "likelihood", "seed")


def restore(page: str) -> None:
    """On a page just switched to, give the sidebar's widgets the values they had; call before they are drawn."""
    kept = st.session_state.get("kept", {})
    if kept.get("page", page) != page:
        st.session_state.update(kept["values"])


def keep(page: str) -> None:
    """Remember the sidebar's values; call after its widgets are drawn."""
    values = {key: st.session_state[key] for key in (*UNSEEN, *SIDEBAR) if key in st.session_state}
    previous = st.session_state.get("kept", {}).get("values", {})
    st.session_state["kept"] = {"page": page, "values": previous | values}


def draw_unseen() -> None:
    """Put the values that no widget shows into the address, as text inputs that nobody sees.

    They are set in `st.session_state`, before this is called or in callbacks.
    """
    st.html("<style>.st-key-address { display: none; }</style>")
    with st.container(key="address"):
        for key in UNSEEN:
            st.text_input(key, key=key, bind="query-params")
