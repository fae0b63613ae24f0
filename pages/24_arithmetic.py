"""Arithmetic: the difference of the means of groups A and B, added to image C, in both latent spaces and in pixels."""

import streamlit as st

from vae.ui.frame import page, pages
from vae.ui.generate import arithmetic, image_groups, sum_panels
from vae.ui.generate.arithmetic import Sum
from vae.ui.shared import figure_first, readings
from vae.ui.shared.models import Pair

IMAGE = 4


def show(pair: Pair) -> None:
    """Draw the sum with its terms, the controls, its strengths, its effect on images of B, and how far out it leads."""
    figure, controls = figure_first.places("sum")
    with controls:
        asked = _controls(pair)
    with figure:
        sum_panels.terms(pair, asked)
    sum_panels.strips(pair, asked)
    sum_panels.carried(pair, asked)
    sum_panels.distances(pair, asked)
    figure_first.more(
        "Where a direction means the same everywhere, what it does to C it does to most images of B. In 20 dimensions "
        "that holds for more of them than in 2, where there is no room for a direction of its own for every "
        "difference.",
        "Choose the same group for A and B: the difference is 0, and C stays. Raise the strength: the result leaves "
        "the region of the codes, and the decoder makes of it what it was never trained to make.",
        readings.about(pair.vae.dataset),
    )


def _controls(pair: Pair) -> Sum:
    dataset = pair.vae.dataset
    count = min(len(trained.codes) for trained in pair)
    found = image_groups.groups(dataset, count)
    first = min(IMAGE, count - 1)
    own = dataset.class_names[int(dataset.test_labels[first])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        a = image_groups.choose("A: add the mean of", found, dataset.class_names[-1], "sum_a")
        b = image_groups.choose("B: subtract the mean of", found, own, "sum_b")
        c = st.number_input(
            "C: number of the test image", 0, count - 1, first, key="sum_c", bind="query-params", width=210
        )
        strength = st.slider(
            "Strength of the difference",
            0.0,
            float(arithmetic.STRONGEST),
            1.0,
            0.05,
            key="sum_strength",
            bind="query-params",
            width=220,
        )
    image_groups.offer(dataset)
    return Sum(a, b, c, strength)


page.begin(
    pages.ARITHMETIC,
    "The result is C plus the difference of two mean codes, A − B: where A shows nines and B fours, a four should "
    "become a nine.",
    "Compare the sum of pixels, which is a double exposure, with the sums of codes, which decode to one image.",
)
show(page.pair())
