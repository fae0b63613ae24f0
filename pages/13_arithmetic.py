"""Arithmetic: what tells group A from group B, added to image C, in both latent spaces and in pixels."""

import pandas as pd
import streamlit as st

from vae.ui import groups, page, readings, sums
from vae.ui.latent_map import WORDS
from vae.ui.page import Pair
from vae.ui.sums import Sum

IMAGE = 4


def show(pair: Pair) -> None:
    """The controls, then the sum: its terms, its strengths, and how far from all codes it leads."""
    asked = _controls(pair)
    st.plotly_chart(
        sums.terms(pair, asked),
        key="sum_terms",
        config={"displayModeBar": False},
        alt="The means of both groups, image C and the result, in pixels and decoded by both models",
    )
    st.caption(
        f"Result: C + {asked.strength:g} · (mean of A − mean of B). pixels: of the images themselves, cut off at black "
        "and white. AE, VAE: of the codes (the VAE's posterior means), decoded; their C is its reconstruction. "
        + readings.about(pair.vae.dataset)
    )
    st.subheader("From strength 0 to 2")
    for trained, word in zip(pair, WORDS, strict=True):
        st.plotly_chart(
            sums.strip(trained, word, asked),
            key=f"sum_strip_{word.lower()}",
            config={"displayModeBar": False},
            alt=f"What the {word} decodes at each strength, and what is read in it",
        )
    _distances(pair, asked)
    st.markdown(
        "**What to look for.** A − A leaves C as it is. A difference that is the same wherever one stands, such as "
        "thick minus thin strokes, carries over from one image to another; the difference of two classes mostly moves "
        "C towards where A lies, whatever C was. Far from all codes, a decoder was never asked to make an image."
    )


def _controls(pair: Pair) -> Sum:
    dataset = pair.vae.dataset
    count = min(len(trained.codes) for trained in pair)
    found = groups.groups(dataset, count)
    first = min(IMAGE, count - 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        a = groups.choose("A: mean of", found, dataset.class_names[-1], "sum_a")
        b = groups.choose("− B: mean of", found, dataset.class_names[int(dataset.test_labels[first])], "sum_b")
        c = st.number_input("+ C: test image", 0, count - 1, first, key="sum_c", bind="query-params", width=140)
        strength = st.slider(
            "Strength", 0.0, sums.STRONGEST, 1.0, 0.05, key="sum_strength", bind="query-params", width=220
        )
    groups.offer(dataset)
    return Sum(a, b, c, strength)


def _distances(pair: Pair, asked: Sum) -> None:
    st.subheader("How far out it leads")
    st.dataframe(
        pd.DataFrame(sums.distances(pair, asked)),
        column_config={
            "result to its nearest code": st.column_config.NumberColumn(format="%.3g"),
            "codes to theirs, median": st.column_config.NumberColumn(format="%.3g"),
            "ratio": st.column_config.NumberColumn(format="%.2f"),
            "codes that lie farther out": st.column_config.NumberColumn(format="percent"),
        },
        hide_index=True,
        key="sum_distances",
    )
    st.caption(
        "Euclidean distances in each model's own latent space: from the result to the nearest code of a test image "
        f"other than C, and from each of {len(pair.vae.codes):,} test codes to the nearest other one. Distances of two "
        "models are not in one unit; their ratios are."
    )


page.begin("Arithmetic", "Mean of A − mean of B + C: does a direction of the latent space mean the same everywhere?")
show(page.pair())
