"""Arithmetic: the difference of the means of groups A and B, added to image C, in both latent spaces and in pixels."""

import pandas as pd
import streamlit as st

from vae.ui.frame import page, pages
from vae.ui.generate import arithmetic, image_groups
from vae.ui.generate.arithmetic import Sum
from vae.ui.shared import charts, readings
from vae.ui.shared.models import Pair

IMAGE = 4


def show(pair: Pair) -> None:
    """Draw the controls and the sum: its terms, its strengths, its effect on images of B, and how far out it leads."""
    asked = _controls(pair)
    charts.show(
        arithmetic.terms(pair, asked),
        "sum_terms",
        "The means of both groups, image C and the result, in pixels and decoded by both models",
    )
    st.caption(
        f"Result: C + {asked.strength:g} · (mean of A, {len(asked.a):,} test images − mean of B, {len(asked.b):,}). "
        "pixels: of the images themselves, cut off at black and white. AE, VAE: of the codes (the VAE's posterior "
        "means), decoded; their C is its reconstruction. " + readings.about(pair.vae.dataset)
    )
    st.subheader(f"From strength 0 to {arithmetic.STRONGEST}")
    for word, trained in pair.named():
        charts.show(
            arithmetic.strip(trained, word, asked),
            f"sum_strip_{word.lower()}",
            f"What the {word} decodes at each strength, and what is read in it",
        )
    _carried(pair, asked)
    _distances(pair, asked)
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


def _carried(pair: Pair, asked: Sum) -> None:
    if not (rows := arithmetic.carried(pair, asked)):
        return
    st.subheader("Does it carry over?")
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="sum_carried")
    st.caption(
        f"The same difference, strength {asked.strength:g}, added to the codes of images of B, evenly picked from "
        "them: the class that is read most often in their reconstructions, before, and in the results, after, with "
        "the share of images that it is read in."
    )


def _distances(pair: Pair, asked: Sum) -> None:
    st.subheader("How far out it leads")
    st.dataframe(
        pd.DataFrame(arithmetic.distances(pair, asked)),
        column_config={
            "result": st.column_config.NumberColumn(format="%.3g"),
            "codes, median": st.column_config.NumberColumn(format="%.3g"),
            "ratio": st.column_config.NumberColumn(format="%.2f"),
            "codes farther out": st.column_config.NumberColumn(format="percent"),
        },
        hide_index=True,
        key="sum_distances",
    )
    st.caption(
        "Euclidean distances in each model's own latent space. Result: to the nearest code of a test image other than "
        f"C. Codes, median: of {len(pair.vae.codes):,} test codes, each to the nearest other one. Ratio: of the two. "
        "Codes farther out: the share of test codes that are farther from their nearest one than the result is. "
        "Distances of two models are not in one unit; their ratios can be compared."
    )


page.begin(
    pages.ARITHMETIC, "Mean of A − mean of B + C: does a direction of the latent space mean the same everywhere?"
)
show(page.pair())
