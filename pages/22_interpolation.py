"""Interpolation: from image to image through both latent spaces, in a straight line or on a sphere."""

import random

import streamlit as st

from vae.data.to_picture import to_gif
from vae.generate.paths import KINDS, evenly, read_indices
from vae.ui.frame import page, pages
from vae.ui.generate import path_panels, paths
from vae.ui.shared import figure_first, readings, words
from vae.ui.shared.models import Pair
from vae.ui.shared.selection import selection

MOST = 8


def show(pair: Pair) -> None:
    """Draw the path with what is decoded and read on it, its controls, its length, the maps, and a film."""
    figure, controls = figure_first.places("path")
    with controls:
        found = _controls(pair)
    if found is not None:
        stops, steps, kind = found
        with figure:
            path_panels.strips(pair, stops, steps, kind)
        path_panels.maps(pair, stops, steps, kind)
        path_panels.lengths(pair, stops, steps)
        _film(pair, stops, steps, kind)
    kinds = words.plural(pair.vae.dataset)
    figure_first.more(
        f"Between two {kinds} a path crosses other {kinds}, or places that belong to none: there the band sinks or "
        "changes its colour. The VAE's codes lie close together about the origin, so that most of its path lies "
        "among them. The AE's path may lead through gaps, where its decoder lays one image over another.",
        "Try a spherical path in 20 dimensions: it keeps the distance from the origin at which a Gaussian of many "
        "dimensions has nearly all of its z.",
        readings.about(pair.vae.dataset),
    )


def _controls(pair: Pair) -> tuple[list[int], int, str] | None:
    count = min(len(trained.codes) for trained in pair)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = _images(pair, count)
        kind = st.segmented_control(
            "Shape of the path",
            KINDS,
            default="linear",
            required=True,
            key="path_kind",
            bind="query-params",
            help="A linear path goes in equal steps along a straight line. A spherical path goes in equal angles about "
            "the origin while the distance from it changes evenly. That suits a VAE, whose codes lie about the origin; "
            "an AE's codes need not lie about it.",
        )
        steps = st.slider(
            "Steps from one image to the next", 2, 60, 24, key="path_steps", bind="query-params", width=260
        )
    try:
        return read_indices(text, count, most=MOST), steps, kind
    except ValueError as error:
        st.error(str(error))
        return None


def _images(pair: Pair, count: int) -> str:
    """Draw the field with the images of the path, and the buttons that fill it; return its text."""
    chosen = selection(f"{pair.vae.dataset.name}/test")
    text = st.text_input(
        "Numbers of the test images, in order",
        "0, 1, 2",
        key="path_images",
        bind="query-params",
        width=260,
        max_chars=100,
    )
    if chosen is not None:
        usable = [index for index in chosen.indices if index < count]
        used = min(len(usable), MOST)
        st.button(
            f"Use {used} of the {len(chosen.indices)} selected images",
            key="path_selected",
            help="These images were selected in the latent map. Of many, the path takes evenly spaced ones.",
            on_click=_use,
            args=(usable,),
            disabled=len(usable) < 2,
        )
    st.button(
        "Choose other images",
        key="path_others",
        icon=":material/shuffle:",
        help="The path then goes through as many test images, drawn at random.",
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
    st.subheader("The path as a film")
    left, right = st.columns([2, 1], vertical_alignment="center")
    with left:
        path_panels.film(pair, stops, steps, kind)
    right.download_button(
        "Download the film as a GIF",
        lambda: to_gif(list(paths.frames(pair, tuple(stops), steps, kind))),
        "interpolation.gif",
        "image/gif",
        key="path_gif",
        on_click="ignore",
        help="The AE is at the left and the VAE at the right. The film runs to the last image and back.",
    )


page.begin(
    pages.INTERPOLATION,
    "Each row shows what a decoder makes of the codes on the way between the codes of the images A, B and C.",
    "The band below it tells what the judge reads there: where it sinks or changes colour, the path leaves a class.",
)
show(page.pair())
