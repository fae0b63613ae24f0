"""Traversal: what each latent dimension does to an image when it moves alone, and which dimensions are inactive."""

import streamlit as st

from vae.ui.frame import page, pages
from vae.ui.generate import traversal
from vae.ui.shared import models
from vae.ui.shared.models import Pair

SIZES = (5, 10, 20)


def show(pair: Pair) -> None:
    """Draw the controls, then a row of decodes for each dimension of both models, one page of dimensions at a time."""
    found = [models.dimensions(trained) for trained in pair]
    image, reach, rows = _controls(pair, max(map(len, found)))
    traversal.show(pair, image, reach, rows.start, rows.stop)


def _controls(pair: Pair, count: int) -> tuple[int | None, float, slice]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        around = st.segmented_control(
            "Around",
            ["image", "mean"],
            default="image",
            required=True,
            key="traversal_around",
            bind="query-params",
            help="image: a test image's code. mean: for the VAE the prior's, 0; for the AE that of its test codes.",
        )
        last = min(len(trained.codes) for trained in pair) - 1
        image = st.number_input(
            "Test image",
            0,
            last,
            0,
            key="traversal_image",
            bind="query-params",
            width=130,
            disabled=around == "mean",
        )
        reach = st.slider("Range, ± σ", 0.5, 6.0, 3.0, 0.5, key="traversal_reach", bind="query-params", width=200)
        size = st.segmented_control(
            "Dimensions a page", SIZES, default=5, required=True, key="traversal_size", bind="query-params"
        )
        pages = -(-count // size)
        number = 1
        if pages > 1:
            # The key contains the number of pages, because a page number kept from a longer list could be too high.
            key = f"traversal_page_of_{pages}"
            number = st.number_input(f"Page of {pages}", 1, pages, 1, key=key, width=120)
    return (image if around == "image" else None), reach, slice((number - 1) * size, number * size)


page.begin(pages.TRAVERSAL, "Move one latent dimension and hold all others: what does it do to the image, if anything?")
show(page.pair())
