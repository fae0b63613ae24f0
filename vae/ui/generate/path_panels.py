"""Panels of the page Interpolation, each computed once for all sessions: strips, lengths, maps and the film."""

import pandas as pd
import streamlit as st

from vae.figures.images import film as film_figure
from vae.generate.paths import evenly
from vae.ui.generate import paths
from vae.ui.shared import charts, picture_rows, readings, server
from vae.ui.shared.models import Pair, drawn
from vae.ui.shared.terms import explained

FRAMES = 49  # of the film in the browser at most; the GIF has all frames


@drawn(show_spinner="Decoding the path…")
def strips(pair: Pair, stops: list[int], steps: int, kind: str) -> None:
    """Draw the stops of a path, and for each model what it decodes on the way and what is read in it."""
    made = paths.both(pair, tuple(stops), steps, kind)
    picture_rows.show(paths.stops_figure(pair, stops), "stops", "The test images that the path goes through")
    dataset = pair.vae.dataset
    for walk, word in zip(made, ("ae", "vae"), strict=True):
        charts.show(
            paths.strip(walk, stops, pair),
            f"strip_{word}",
            f"What the decoder of {walk.word} makes of codes on the path, and what the judge reads in it",
        )
    if server.judge(dataset.name) is None:
        st.caption(readings.missing(dataset))


@drawn(show_spinner="Measuring the paths…")
def lengths(pair: Pair, stops: list[int], steps: int) -> None:
    """Draw a table of how long the path is in pixels, for both kinds of path and both models."""
    st.subheader("How long is the path?")
    st.dataframe(
        pd.DataFrame(paths.lengths(pair, tuple(stops), steps)),
        column_config={
            name: st.column_config.NumberColumn(format="%.2f")
            for name in ("path length", "direct distance", "length / distance")
        }
        | {"lowest probability": st.column_config.NumberColumn(format="percent")},
        hide_index=True,
        key="lengths",
    )
    st.caption(
        explained(
            "The path length adds up the Euclidean distances between neighbouring images on the path (pixels from 0 to "
            "1). The direct distance joins the reconstructions of the stops. A long path changes the image more than a "
            "direct fade would. The lowest probability is where the judge is least sure of a class."
        )
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
            explained(
                "Above two dimensions the map shows the plane of the first two principal components of the codes "
                "(PCA), so the path may pass in front of or behind the codes that it seems to cross."
            )
        )


@drawn(max_entries=8, show_spinner="Drawing the film…")
def film(pair: Pair, stops: list[int], steps: int, kind: str) -> None:
    """Draw what both models decode on the path as a film."""
    frames = paths.frames(pair, tuple(stops), steps, kind)
    shown = evenly(len(frames), FRAMES)
    charts.show(
        film_figure(frames[shown], pair.vae.dataset.image_shape[2], shown, "AE (left) and VAE (right)", "step "),
        "path_film",
        "What both models decode on the path, one image after the other",
    )
