"""Where one image lies among others: marks in the latent maps of `figures.latent_maps`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from vae.figures.maps import widen


@dataclass(frozen=True, eq=False)
class Mark:
    """A place in one of the maps, and the places of the codes nearest to it in the latent space."""

    place: np.ndarray  # (2,)
    neighbours: np.ndarray  # (K, 2)


def mark(figure: go.Figure, marks: Sequence[Mark], name: str) -> go.Figure:
    """Put a star and its neighbours' rings into each of a figure's maps, whose ranges grow to hold the star."""
    for column, one in enumerate(marks, start=1):
        x, y = one.neighbours.T
        rings = {"size": 10, "color": "rgba(0, 0, 0, 0)", "line": {"width": 1.5, "color": "#888888"}}
        ringed = f"the {len(x)} nearest codes"
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                marker=rings,
                name=ringed,
                legendgroup=ringed,
                showlegend=column == 1,
                hoverinfo="skip",
            ),
            row=1,
            col=column,
        )
        star = {"size": 20, "symbol": "star", "color": "#FFD500", "line": {"width": 1.5, "color": "#000000"}}
        figure.add_trace(
            go.Scatter(
                x=one.place[:1],
                y=one.place[1:],
                mode="markers",
                marker=star,
                name=name,
                legendgroup=name,
                showlegend=column == 1,
                hovertemplate=name + "<br>(%{x:.2f}, %{y:.2f})<extra></extra>",
            ),
            row=1,
            col=column,
        )
        # A class's name may lie on the star; the arrow lies on both.
        words = {"text": name, "ax": 45, "ay": -45, "bgcolor": "#FFD500", "font": {"color": "#000000"}}
        arrow = {"arrowwidth": 2, "arrowcolor": "#888888"}  # for light and dark
        figure.add_annotation(x=one.place[0], y=one.place[1], **words, **arrow, row=1, col=column)
        widen(figure, one.place[None], column)
    return figure
