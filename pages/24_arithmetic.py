"""Arithmetic: the difference of the means of groups A and B, added to image C, in both latent spaces and in pixels."""

import streamlit as st

from vae.ui.frame import page, pages
from vae.ui.generate import arithmetic, image_groups, sum_panels
from vae.ui.generate.arithmetic import Sum
from vae.ui.shared.models import Pair

IMAGE = 4


def show(pair: Pair) -> None:
    """Draw the controls and the sum: its terms, its strengths, its effect on images of B, and how far out it leads."""
    asked = _controls(pair)
    sum_panels.terms(pair, asked)
    sum_panels.strips(pair, asked)
    sum_panels.carried(pair, asked)
    sum_panels.distances(pair, asked)
    st.markdown(
        "**What to look for.** A − A leaves C as it is. Where a direction means the same everywhere, what it does to C "
        "it does to most images of B: usually to more of them in 20 dimensions than in 2, where there is no room for a "
        "direction of its own for every difference. A sum of pixels is a double exposure; one of codes is an image, as "
        "long as it stays among codes: far from all of them, a decoder was never asked to make one."
    )


def _controls(pair: Pair) -> Sum:
    dataset = pair.vae.dataset
    count = min(len(trained.codes) for trained in pair)
    found = image_groups.groups(dataset, count)
    first = min(IMAGE, count - 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        a = image_groups.choose("A: mean of", found, dataset.class_names[-1], "sum_a")
        b = image_groups.choose("− B: mean of", found, dataset.class_names[int(dataset.test_labels[first])], "sum_b")
        c = st.number_input("+ C: test image", 0, count - 1, first, key="sum_c", bind="query-params", width=140)
        strength = st.slider(
            "Strength", 0.0, float(arithmetic.STRONGEST), 1.0, 0.05, key="sum_strength", bind="query-params", width=220
        )
    image_groups.offer(dataset)
    return Sum(a, b, c, strength)


page.begin(
    pages.ARITHMETIC, "Mean of A − mean of B + C: does a direction of the latent space mean the same everywhere?"
)
show(page.pair())
