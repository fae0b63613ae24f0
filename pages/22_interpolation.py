"""Interpolation: from image to image through both latent spaces, in a straight line or on a sphere."""

import random

import streamlit as st

from vae.data.to_picture import to_gif
from vae.generate.paths import KINDS, evenly, read_indices
from vae.ui.frame import page, pages
from vae.ui.generate import path_panels, paths
from vae.ui.shared.models import Pair
from vae.ui.shared.selection import selection

MOST = 8


def show(pair: Pair) -> None:
    """Draw the controls, then the path: what is decoded and read on it, its length, the maps, and a film."""
    found = _controls(pair)
    if found is None:
        return
    stops, steps, kind = found
    path_panels.strips(pair, stops, steps, kind)
    path_panels.lengths(pair, stops, steps)
    path_panels.maps(pair, stops, steps, kind)
    _film(pair, stops, steps, kind)


def _controls(pair: Pair) -> tuple[list[int], int, str] | None:
    count = min(len(trained.codes) for trained in pair)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = _images(pair, count)
        kind = st.segmented_control(
            "Path",
            KINDS,
            default="linear",
            required=True,
            key="path_kind",
            bind="query-params",
            help="linear: equal steps on a straight line. spherical: equal angles about the origin, the norm changing "
            "evenly, which keeps to the shell where a Gaussian of many dimensions has its mass. An AE's codes need "
            "not lie about the origin.",
        )
        steps = st.slider("Steps between two stops", 2, 60, 24, key="path_steps", bind="query-params", width=260)
    try:
        return read_indices(text, count, most=MOST), steps, kind
    except ValueError as error:
        st.error(str(error))
        return None


def _images(pair: Pair, count: int) -> str:
    """Draw the field with the images of the path, and the buttons that fill it; return its text."""
    chosen = selection(f"{pair.vae.dataset.name}/test")
    text = st.text_input(
        "Test images, in order", "0, 1, 2", key="path_images", bind="query-params", width=260, max_chars=100
    )
    if chosen is not None:
        usable = [index for index in chosen.indices if index < count]
        st.button(
            f"Use selected ({min(len(usable), MOST)} of {len(chosen.indices)})",
            key="path_selected",
            help="The images that were selected in the latent map, evenly picked where they are many.",
            on_click=_use,
            args=(usable,),
            disabled=len(usable) < 2,
        )
    st.button(
        "Others",
        key="path_others",
        icon=":material/shuffle:",
        help="As many test images at random.",
        on_click=_shuffle,
        args=(count,),
    )
    return text


def _shuffle(count: int) -> None:
    wanted = min(max(len(st.session_state["path_images"].replace(",", " ").split()), 2), MOST, count)
    st.session_state["path_images"] = ", ".join(map(str, random.sample(range(count), wanted)))


def _use(indices: list[int]) -> None:
    st.session_state["path_images"] = ", ".join(str(indices[place]) for place in evenly(len(indices), MOST))


def _film(pair: Pair, stops: list[int], steps: int, kind: str) -> None:
    st.subheader("The film")
    left, right = st.columns([2, 1], vertical_alignment="center")
    with left:
        path_panels.film(pair, stops, steps, kind)
    right.download_button(
        "Download as GIF",
        lambda: to_gif(list(paths.frames(pair, tuple(stops), steps, kind))),
        "interpolation.gif",
        "image/gif",
        key="path_gif",
        on_click="ignore",
        help="AE at the left, VAE at the right; there and back.",
    )


page.begin(pages.INTERPOLATION, "On the way from one code to another: does every place decode to an image?")
show(page.pair())
