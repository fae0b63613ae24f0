"""The drawing canvas on a page, and the session's last drawing, which every page can use."""

import base64
import binascii

import streamlit as st

from vae.data.from_picture import CANVAS_BYTES, Prepared, prepare_drawing
from vae.data.picture_file import PictureError
from vae.ui.components.component import component

_component = component("drawing")
KEY = "drawing_canvas"
PREFIX = "data:image/png;base64,"
LONGEST = len(PREFIX) + CANVAS_BYTES * 4 // 3  # characters


def show() -> None:
    """Draw the canvas. Strokes rerun the page, or the fragment that the canvas is in, about four times a second."""
    _component(key=KEY, default={"picture": None}, on_picture_change=_remember)
    _remember()


def drawn(image_shape: tuple[int, int, int]) -> Prepared | None:
    """Return this session's last drawing as an image (C, H, W) of a data set; None for an empty canvas."""
    sent = st.session_state.get("drawing", "")
    if not sent.startswith(PREFIX):
        return None
    try:
        return prepare_drawing(base64.b64decode(sent.removeprefix(PREFIX), validate=True), image_shape)
    except (binascii.Error, PictureError):
        return None  # not what the canvas sends


def _remember() -> None:
    """Copy what the canvas has sent into the session's state, because a change of page clears the component's state."""
    said = st.session_state.get(KEY) or {}
    picture = said.get("picture")
    if isinstance(picture, str) and len(picture) <= LONGEST:  # more is not what the canvas sends
        st.session_state["drawing"] = picture
