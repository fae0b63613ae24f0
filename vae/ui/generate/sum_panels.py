"""Panels of the page Arithmetic, each computed once for all sessions: terms, strengths, images of B, distances."""

import pandas as pd
import streamlit as st

from vae.ui.generate import arithmetic
from vae.ui.generate.arithmetic import Sum
from vae.ui.shared import charts, readings
from vae.ui.shared.models import Pair, drawn


@drawn(show_spinner="Decoding the sum…")
def terms(pair: Pair, asked: Sum) -> None:
    """Draw the means of both groups, image C and the result, in pixels and decoded by both models."""
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


@drawn(show_spinner="Decoding every strength…")
def strips(pair: Pair, asked: Sum) -> None:
    """Draw what each model decodes from strength 0 to the strongest, and what is read in it."""
    st.subheader(f"From strength 0 to {arithmetic.STRONGEST}")
    for word, trained in pair.named():
        charts.show(
            arithmetic.strip(trained, word, asked),
            f"sum_strip_{word.lower()}",
            f"What the {word} decodes at each strength, and what is read in it",
        )


@drawn(show_spinner="Reading the images of B…")
def carried(pair: Pair, asked: Sum) -> None:
    """Draw a table of what the same difference does to images of B; draw nothing where there is no judge."""
    if not (rows := arithmetic.carried(pair, asked)):
        return
    st.subheader("Does it carry over?")
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="sum_carried")
    st.caption(
        f"The same difference, strength {asked.strength:g}, added to the codes of images of B, evenly picked from "
        "them: the class that is read most often in their reconstructions, before, and in the results, after, with "
        "the share of images that it is read in."
    )


@drawn(show_spinner="Measuring the distances…")
def distances(pair: Pair, asked: Sum) -> None:
    """Draw a table of how far the result lies from all codes."""
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
