"""Plotly figures of paths: what is decoded and read along one, and where it lies on the latent map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from vae.figures import GRID, PALETTE, data_uri

_PICTURES = 13  # of a strip at most


@dataclass(frozen=True, eq=False)
class Walk:
    """What a model decodes on a path, and what is read in it."""

    word: str  # AE or VAE
    images: np.ndarray  # uint8 (N, C, H, W)
    classes: np.ndarray | None  # int64 (N,); None without a judge
    probabilities: np.ndarray | None  # (N,) of the class read


def strip(walk: Walk, steps: int, class_names: Sequence[str], axis: str = "stop of the path") -> go.Figure:
    """A path's images, and under them its reading as a band: the class in colour and letters, its height how sure.

    Args:
        steps: from one stop of the path to the next, which the axis counts.
        axis: what it is called.
    """
    count = len(walk.images)
    places = np.unique(np.linspace(0, count - 1, min(_PICTURES, count)).round().astype(int))
    width = (count - 1) / steps / max(len(places) - 1, 1)
    figure = go.Figure()
    for place in places:
        figure.add_layout_image(
            source=data_uri(walk.images[place].transpose(1, 2, 0).squeeze()),
            x=place / steps,
            y=1.04,
            sizex=0.94 * width,
            sizey=1.0,
            xanchor="center",
            yanchor="bottom",
            xref="x",
            yref="y",
            sizing="contain",
        )
    if walk.classes is not None and walk.probabilities is not None:
        for label in np.unique(walk.classes):
            _band(figure, walk, int(label), steps, class_names[label])
    margin = 0.55 * width
    stops = (count - 1) // steps
    figure.update_xaxes(
        title_text=axis,
        tickvals=list(range(stops + 1)),
        range=[-margin, stops + margin],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        title_text="probability" if walk.classes is not None else "",
        tickvals=[0, 0.5, 1] if walk.classes is not None else [],
        range=[0, 2.1],
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_layout(
        title={"text": walk.word, "font": {"size": 15}},
        height=250,
        margin={"l": 10, "r": 10, "t": 34, "b": 10},
        bargap=0,
        barmode="overlay",
        showlegend=False,
    )
    return figure


def _band(figure: go.Figure, walk: Walk, label: int, steps: int, name: str) -> None:
    assert walk.classes is not None
    assert walk.probabilities is not None
    chosen = np.flatnonzero(walk.classes == label)
    runs = np.split(chosen, np.flatnonzero(np.diff(chosen) > 1) + 1)
    named = {int(run[len(run) // 2]) for run in runs}
    figure.add_trace(
        go.Bar(
            x=chosen / steps,
            y=walk.probabilities[chosen],
            width=1 / steps,
            marker={"color": PALETTE[label % len(PALETTE)], "line": {"width": 0}},
            text=[f"<b>{name}</b>" if place in named else "" for place in chosen.tolist()],
            textposition="inside",
            insidetextanchor="start",
            textangle=0,
            constraintext="none",
            textfont={"color": "white", "size": 13},
            cliponaxis=False,
            hovertemplate=f"{walk.word} at %{{x:.2f}}: read as {name}, %{{y:.1%}}<extra></extra>",
        )
    )


def add_path(figure: go.Figure, points: np.ndarray, steps: int, column: int) -> None:
    """Draw a path (N, 2) on a panel of `figures.latent_maps`, its stops numbered; the panel is widened to hold it."""
    colour = "#111111"
    for line in ({"color": "white", "width": 5}, {"color": colour, "width": 2.5}):
        figure.add_trace(
            go.Scatter(x=points[:, 0], y=points[:, 1], mode="lines", line=line, showlegend=False, hoverinfo="skip"),
            row=1,
            col=column,
        )
    for number, (x, y) in enumerate(points[::steps].tolist()):
        # An annotation, which stands above the names of the classes.
        figure.add_annotation(
            x=x,
            y=y,
            text=f"<b>{number}</b>",
            showarrow=False,
            font={"color": colour, "size": 13},
            bgcolor="white",
            bordercolor=colour,
            borderwidth=2,
            borderpad=3,
            row=1,
            col=column,
        )
    figure.for_each_xaxis(lambda axis: axis.update(range=_widened(axis.range, points[:, 0])), row=1, col=column)
    figure.for_each_yaxis(lambda axis: axis.update(range=_widened(axis.range, points[:, 1])), row=1, col=column)


def _widened(ends: Sequence[float], values: np.ndarray) -> list[float]:
    room = 0.05 * (ends[1] - ends[0])
    return [min(ends[0], float(values.min()) - room), max(ends[1], float(values.max()) + room)]
