"""The images selected in the latent map, kept for the session."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Selection:
    """The images that a lasso or a box has chosen."""

    of: str  # data set and part, such as mnist/test
    indices: tuple[int, ...]


def selection(of: str) -> Selection | None:
    """What is selected among these images in this session; it survives reruns and changes of page."""
    found = st.session_state.get("map_selection")
    return found if isinstance(found, Selection) and found.of == of else None
