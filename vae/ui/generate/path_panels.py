"""Panels of the page Interpolation, each computed once for all sessions: strips, lengths, maps and the film."""

import pandas as pd
import streamlit as st

from vae.figures.images import film as film_figure
from vae.generate.paths import evenly
from vae.ui.generate import paths
from vae.ui.shared import charts, readings, server, words
from vae.ui.shared.models import Pair, drawn

FRAMES = 97  # of the film in the browser at most; the GIF has all frames


@drawn(show_spinner="Decoding the path…")
def strips(pair: Pair, stops: list[int], steps: int, kind: str) -> None:
    """Draw the stops of a path, and for each model what it decodes on the way and what is read in it."""
    made = paths.both(pair, tuple(stops), steps, kind)
    charts.show(paths.stops_figure(pair, stops), "stops", "The stops of the path")
    dataset = pair.vae.dataset
    for walk, word in zip(made, ("ae", "vae"), strict=True):
        charts.show(
            paths.strip(walk, stops, pair),
            f"strip_{word}",
            f"What the {walk.word} decodes on the path, and what is read in it",
        )
    st.caption(
        ("" if server.judge(dataset.name) is None else "Colour and letter: the class read; height: its probability. ")
        + readings.about(dataset)
    )
    st.markdown(
        f"**What to look for.** Between two {words.plural(dataset)} a path crosses others, or places that are none: "
        "there the band sinks or changes colour. The VAE's codes lie close together about the origin, so that most of "
        "its way is among codes. The AE's way may lead through gaps, where its decoder lays one image over the other."
    )


@drawn(show_spinner="Measuring the paths…")
def lengths(pair: Pair, stops: list[int], steps: int) -> None:
    """Draw a table of how long the way is in pixels, for both kinds of path and both models."""
    st.subheader("How long the way is in pixels")
    st.dataframe(
        pd.DataFrame(paths.lengths(pair, tuple(stops), steps)),
        column_config={
            name: st.column_config.NumberColumn(format="%.2f") for name in ("length", "straight", "length / straight")
        }
        | {"least sure": st.column_config.NumberColumn(format="percent")},
        hide_index=True,
        key="lengths",
    )
    st.caption(
        f"Length: the sum of Euclidean distances between successive decodes, {steps} steps from stop to stop, pixels "
        "from 0 to 1; more steps find more of a winding way. Straight: the distance between the decoded stops, by "
        "which one would fade into the next. Least sure: the lowest probability of a class read on the way."
    )


@drawn(max_entries=8, show_spinner="Drawing the maps…")
def maps(pair: Pair, stops: list[int], steps: int, kind: str) -> None:
    """Draw both latent maps with the path on them."""
    st.subheader("The path on the latent maps")
    charts.show(
        paths.maps(pair, tuple(stops), steps, kind),
        "path_maps",
        "Both latent maps with the path drawn into them",
        tools=True,
    )
    if not pair.flat:
        st.caption(
            "Above two dimensions the map is the plane of the first two principal components of each model's codes: "
            "the path may lie far before or behind what it seems to cross."
        )


@drawn(max_entries=8, show_spinner="Drawing the film…")
def film(pair: Pair, stops: list[int], steps: int, kind: str) -> None:
    """Draw what both models decode on the path as a film."""
    frames = paths.frames(pair, tuple(stops), steps, kind)
    shown = evenly(len(frames), FRAMES)
    charts.show(
        film_figure(frames[shown], pair.vae.dataset.image_shape[2], shown, "AE, left, and VAE, right", "step "),
        "path_film",
        "What both models decode on the path, one after the other",
    )
