"""The images selected in the latent map, kept for the session."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Selection:
    """The images that were selected with a lasso or a box."""

    of: str  # data set and part, such as mnist/test
    indices: tuple[int, ...]


def selection(of: str) -> Selection | None:
    """Return this session's selection among the images `of`, or None; it survives reruns and changes of page."""
    found = st.session_state.get("map_selection")
    return found if isinstance(found, Selection) and found.of == of else None
