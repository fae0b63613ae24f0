"""Figures of images before anything is trained on them: their pixel values and their classes."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from vae.figures.style import GRID, PALETTE, framed

MOST_CLASSES = 40  # bars that can be read


def pixel_values(counts: np.ndarray) -> go.Figure:
    """Draw how many pixels (256,) have each value from 0 to 255."""
    figure = go.Figure(go.Bar(x=np.arange(len(counts)), y=counts, marker={"color": PALETTE[0], "line": {"width": 0}}))
    figure.update_traces(hovertemplate="value %{x}: %{y:,} pixels<extra></extra>")
    figure.update_xaxes(title_text="pixel value, 0 black to 255 white", gridcolor=GRID)
    # Black alone is often most of the pixels, which would leave the others no height.
    figure.update_yaxes(title_text="pixels, logarithmic", type="log", dtick=1, gridcolor=GRID, exponentformat="SI")
    return framed(figure, 260, bargap=0)


def classes(counts: Mapping[str, int]) -> go.Figure:
    """Draw how many images each class has, of the first 40 classes."""
    shown = dict(list(counts.items())[:MOST_CLASSES])
    names = [name if len(name) <= 20 else name[:19] + "…" for name in shown]
    figure = go.Figure(
        go.Bar(x=list(range(len(shown))), y=list(shown.values()), marker={"color": PALETTE[0]}, customdata=list(shown))
    )
    figure.update_traces(hovertemplate="%{customdata}: %{y:,} images<extra></extra>")
    figure.update_xaxes(title_text="class", tickvals=list(range(len(shown))), ticktext=names)
    figure.update_yaxes(title_text="images", gridcolor=GRID, rangemode="tozero")
    return framed(figure, 260)
