"""A picture to upload: what of it is taken, shown beside it, and the controls that correct what was guessed."""

from math import ceil, floor

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from vae.data.from_picture import Prepared, prepare_picture
from vae.data.ink import Box
from vae.data.picture_file import BEYOND, MOST_BYTES, SUFFIXES, Picture, PictureError, read_picture

WHOLE = Box(0, 0, 1, 1)
SHOWN = 320  # pixels along the longer side of the picture as it is shown
LINE, HALO = "#C2185B", "#FFFFFF"  # one of the two can be seen on any picture


def show(image_shape: tuple[int, int, int]) -> Prepared | None:
    """Draw the field for a file, the picture with the box that is taken, and its controls; return what is taken.

    It returns None if there is no file, or after a message if nothing can be taken from it.
    """
    file = st.file_uploader("Picture", SUFFIXES, key="draw_file", max_upload_size=MOST_BYTES // 2**20)
    if file is None:
        return None
    content = file.getvalue()
    try:
        picture = _read(content)
    except PictureError as error:
        st.error(str(error))
        return None
    shown = st.container()
    prepared = _corrected(content, image_shape, file.file_id)
    with shown:
        if isinstance(prepared, PictureError):
            _picture(picture, None)
            st.error(str(prepared))
            return None
        _picture(picture, prepared.box)
        for doubt in prepared.doubts:
            st.warning(doubt)
        _say_what_was_done(picture, prepared)
    return prepared


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(content: bytes) -> Picture:
    return read_picture(content)


@st.cache_resource(max_entries=16, show_spinner=False)
def _prepared(content: bytes, image_shape: tuple[int, int, int], swapped: bool, box: Box | None) -> Prepared:
    return prepare_picture(_read(content), image_shape, swapped=swapped, box=box)


def _corrected(content: bytes, image_shape: tuple[int, int, int], file_id: str) -> Prepared | PictureError:
    """Draw the controls and return what is taken as they say, or why nothing can be; they begin anew with each file."""
    swapped = st.toggle(
        "Swap dark and light",
        key=f"draw_swapped_{file_id}",
        help="The app guesses whether the thing is dark on light or light on dark. Switch this on if it guessed wrong.",
    )
    by_hand = st.toggle(
        "Set the box by hand",
        key=f"draw_by_hand_{file_id}",
        help="You then say where the thing is, and everything inside of the box is taken.",
    )
    guessed = _or_error(content, image_shape, swapped, None)
    if not by_hand:
        return guessed
    box = WHOLE if isinstance(guessed, PictureError) else guessed.box
    return _or_error(content, image_shape, swapped, _box_by_hand(box, file_id))


def _or_error(
    content: bytes, image_shape: tuple[int, int, int], swapped: bool, box: Box | None
) -> Prepared | PictureError:
    try:
        return _prepared(content, image_shape, swapped, box)
    except PictureError as error:
        return error


def _box_by_hand(box: Box, file_id: str) -> Box:
    left, right = st.slider(
        "Left and right edge, %",
        0,
        100,
        (floor(100 * box.left), ceil(100 * box.right)),
        key=f"draw_columns_{file_id}",
    )
    top, bottom = st.slider(
        "Top and bottom edge, %",
        0,
        100,
        (floor(100 * box.top), ceil(100 * box.bottom)),
        key=f"draw_rows_{file_id}",
    )
    return Box(left / 100, top / 100, right / 100, bottom / 100)


def _picture(picture: Picture, box: Box | None) -> None:
    """Show the picture, scaled down, with the box drawn over it."""
    small = Image.fromarray(picture.shown)
    small.thumbnail((SHOWN, SHOWN))
    if box is not None:
        width, height = small.size
        corners = (box.left * width - 1, box.top * height - 1, box.right * width, box.bottom * height)
        brush = ImageDraw.Draw(small)
        brush.rectangle([corners[0] - 1, corners[1] - 1, corners[2] + 1, corners[3] + 1], outline=HALO, width=4)
        brush.rectangle(corners, outline=LINE, width=2)
    caption = "Your picture" if box is None else "Your picture, and the box that is taken of it"
    st.image(np.asarray(small), caption=caption, width="content", alt=caption)


def _say_what_was_done(picture: Picture, prepared: Prepared) -> None:
    if prepared.inverted:
        st.caption("Your picture is dark on light. It was inverted, because the models know light on dark.")
    if picture.scaled_from is not None:
        black, white = picture.scaled_from
        st.caption(
            f"Your picture has more than 8 bits. Its values from {black:,} to {white:,} were scaled to those from "
            f"black to white; {BEYOND} % of its pixels lie below them, and as many above."
        )
