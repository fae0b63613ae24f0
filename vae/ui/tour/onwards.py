"""The pages to go on with after the last scene, each with its question."""

import streamlit as st

from vae.ui.frame import pages
from vae.ui.shared import presenting

PAGES = pages.LATENT_SPACES, pages.BETA, pages.DRAW  # the arrow key and Next lead to the first of them


def show() -> None:
    """Draw a link to each page; a presented page folds them into one button."""
    if presenting.active():
        with st.popover("Where to go next", icon=":material/explore:"):
            _links()
        return
    st.markdown("**Where to go next.** Each page answers a question of its own.")
    _links()


def _links() -> None:
    for page in PAGES:
        st.page_link(
            page.path,
            label=f"**{page.title}**",
            icon=f":material/{page.icon}:",
            query_params=presenting.carried() or None,
        )
        st.caption(page.question)
