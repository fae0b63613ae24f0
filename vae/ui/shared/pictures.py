"""The one function with which pages draw pictures as wide as their column."""

import re

import numpy as np
import streamlit as st

from vae.ui.shared import style


def show(picture: np.ndarray, caption: str, key: str, *, alt: str = "") -> None:
    """Draw a picture uint8 (H, W[, 3]), whose place is as high as it will be before the browser has loaded it.

    Args:
        key: the element's key, unique on its page.
        alt: what the picture shows, for people who cannot see it, where its caption does not say that.
    """
    height, width = picture.shape[:2]
    with st.container(key=key):
        # Streamlit makes the class of a key in this way.
        place = (
            f".st-key-{re.sub(r'[^a-zA-Z0-9_-]', '-', key)} img {{ aspect-ratio: {width} / {height}; width: 100%; }}"
        )
        st.image(picture, caption=caption, width="stretch", alt=alt or caption)
        style.add(place, key)
