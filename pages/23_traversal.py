"""Traversal: what each latent dimension does to an image when it moves alone, and which dimensions are inactive."""

import streamlit as st

from vae.ui.frame import page, pages
from vae.ui.generate import traversal
from vae.ui.shared import figure_first, models
from vae.ui.shared.models import Pair

SIZES = (5, 10, 20)


def show(pair: Pair) -> None:
    """Draw a row of decodes for each dimension of both models, one page of dimensions at a time, and the controls."""
    found = [models.dimensions(trained) for trained in pair]
    count = min(SIZES[0], max(map(len, found)))
    figure, controls = figure_first.places("rows", 170 + 2 * traversal.side(count) * count)
    with controls:
        image, reach, rows = _controls(pair, max(map(len, found)))
    with figure:
        traversal.show(pair, image, reach, rows.start, rows.stop)
    traversal.numbers(pair, image, reach)
    figure_first.more(
        "As a rule, a dimension with more KL changes the image more. An inactive dimension carries noise that the "
        "decoder has learnt to ignore, so its row stands still. A VAE pays for every dimension that it uses, in KL; "
        "an AE pays for none, and uses them all.",
        "Beyond ±3 σ there are hardly any codes, and the decoder was never trained on what it shows there.",
    )


def _controls(pair: Pair, count: int) -> tuple[int | None, float, slice]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        around = st.segmented_control(
            "Start from",
            ["image", "mean"],
            default="image",
            required=True,
            key="traversal_around",
            bind="query-params",
            format_func={"image": "the code of a test image", "mean": "the mean code"}.__getitem__,
            help="The dimensions that do not move keep the values of this code. The mean code is the prior's mean 0 in "
            "the VAE and the mean of all test codes in the AE.",
        )
        last = min(len(trained.codes) for trained in pair) - 1
        image = st.number_input(
            "Number of the test image",
            0,
            last,
            0,
            key="traversal_image",
            bind="query-params",
            width=180,
            disabled=around == "mean",
        )
        reach = st.slider(
            "Range of the moving dimension, ± σ",
            0.5,
            6.0,
            3.0,
            0.5,
            key="traversal_reach",
            bind="query-params",
            width=240,
        )
        size = st.segmented_control(
            "Dimensions on a page", SIZES, default=5, required=True, key="traversal_size", bind="query-params"
        )
        number = _page(-(-count // size))
    return (image if around == "image" else None), reach, slice((number - 1) * size, number * size)


def _page(pages: int) -> int:
    """Draw the choice of a page of dimensions, if there are several, and return its number from 1."""
    if pages == 1:
        return 1
    # The key contains the number of pages, because a page number kept from a longer list could be too high.
    return st.number_input(f"Page of {pages}", 1, pages, 1, key=f"traversal_page_of_{pages}", width=120)


page.begin(
    pages.TRAVERSAL,
    "In each row one latent dimension moves from left to right and all others stay: look at what changes in the image.",
    "Dimensions with the most KL come first. In a row that stands still, the decoder ignores the dimension.",
)
show(page.pair())
