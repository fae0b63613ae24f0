"""Panels of the page Arithmetic, each computed once for all sessions: terms, strengths, images of B, distances."""

import pandas as pd
import streamlit as st

from vae.ui.generate import arithmetic
from vae.ui.generate.arithmetic import Sum
from vae.ui.shared import charts, picture_rows, readings, server
from vae.ui.shared.models import Pair, drawn
from vae.ui.shared.terms import explained


@drawn(show_spinner="Decoding the sum…")
def terms(pair: Pair, asked: Sum) -> None:
    """Draw the means of both groups, image C and the result, in pixels and decoded by both models."""
    picture_rows.show(
        arithmetic.terms(pair, asked),
        "sum_terms",
        "The means of both groups, image C and the result, in pixels and decoded by both models",
    )
    st.caption(
        explained(
            f"The result is C + {asked.strength:g} × (mean of A, {len(asked.a):,} test images, − mean of B, "
            f"{len(asked.b):,}). The first row adds pixels; the others add codes "
            "and decode the sum."
            + ("" if server.judge(pair.vae.dataset.name) else f" {readings.missing(pair.vae.dataset)}")
        )
    )


@drawn(show_spinner="Decoding every strength…")
def strips(pair: Pair, asked: Sum) -> None:
    """Draw what each model decodes from strength 0 to the strongest, and what is read in it."""
    st.subheader(f"From strength 0 to {arithmetic.STRONGEST}")
    for word, trained in pair.named():
        charts.show(
            arithmetic.strip(trained, word, asked),
            f"sum_strip_{word.lower()}",
            f"What the {word} decodes at each strength, and what the judge reads in it",
        )


@drawn(show_spinner="Reading the images of B…")
def carried(pair: Pair, asked: Sum) -> None:
    """Draw a table of what the same difference does to images of B; draw nothing where there is no judge."""
    if not (rows := arithmetic.carried(pair, asked)):
        return
    st.subheader("Does the direction do the same to other images?")
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="sum_carried")
    st.caption(
        explained(
            f"The same difference with strength {asked.strength:g} is added to codes of images of B. The "
            "table tells which class the judge reads most often before and after, and in what share of the images."
        )
    )


@drawn(show_spinner="Measuring the distances…")
def distances(pair: Pair, asked: Sum) -> None:
    """Draw a table of how far the result lies from all codes."""
    st.subheader("Does the result lie among codes?")
    st.dataframe(
        pd.DataFrame(arithmetic.distances(pair, asked)),
        column_config={
            "result to nearest code": st.column_config.NumberColumn(format="%.3g"),
            "code to nearest code": st.column_config.NumberColumn(
                format="%.3g", help=f"This is the median over {len(pair.vae.codes):,} test codes."
            ),
            "ratio": st.column_config.NumberColumn(format="%.2f"),
            "codes farther away": st.column_config.NumberColumn(
                format="percent",
                help="This is the share of test codes that are farther from their nearest code than the result is.",
            ),
        },
        hide_index=True,
        key="sum_distances",
    )
    st.caption(
        explained(
            "These are Euclidean distances in each latent space. Compare the ratios: two models have no common unit."
        )
    )
