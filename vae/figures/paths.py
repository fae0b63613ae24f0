"""Plotly figure of a path: the images that are decoded along it, and the classes that are read in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from vae.data.to_picture import data_uri
from vae.figures.style import GRID, LABELLED, PALETTE, TITLED_BELOW, framed

_PICTURES = 12  # of a strip, after the first; at least two from stop to stop
_LETTER = 0.015  # the width of a letter, as a share of a strip's width in a narrow window


@dataclass(frozen=True, eq=False)
class Walk:
    """The images that a model decodes along a path, and the classes that are read in them."""

    word: str  # AE or VAE
    images: np.ndarray  # uint8 (N, C, H, W)
    classes: np.ndarray | None  # int64 (N,); None without a judge
    probabilities: np.ndarray | None  # (N,) of the class read; None without a judge


def strip(walk: Walk, class_names: Sequence[str], axis: str, ticks: Sequence[str]) -> go.Figure:
    """Draw a path's images over a band of the classes read in them, whose height is the probability of the class.

    The band names a class by its colour and in letters.

    Args:
        axis: the axis' title.
        ticks: names of places at equal distances along the path, from its beginning to its end.
    """
    end = len(ticks) - 1
    figure = go.Figure()
    margin = _add_pictures(figure, walk.images, end)
    if walk.classes is not None and walk.probabilities is not None:
        _add_band(figure, walk, class_names, end)
    figure.update_xaxes(
        title_text=axis,
        tickvals=list(range(len(ticks))),
        ticktext=list(ticks),
        range=[-margin, end + margin],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        title_text="judge's<br>probability" if walk.classes is not None else "",
        tickvals=[0, 0.5, 1] if walk.classes is not None else [],
        range=[0, 1.86],
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
    )
    # Margins that follow the labels would have the browser draw everything twice.
    figure.update_xaxes(automargin=False)
    figure.update_yaxes(automargin=False)
    title = {"text": walk.word, "font": {"size": 15}}
    framed(figure, 232, top=30, title=title, bargap=0, barmode="overlay", showlegend=False)
    return figure.update_layout(margin_l=LABELLED, margin_b=TITLED_BELOW)


def _add_pictures(figure: go.Figure, images: np.ndarray, end: int) -> float:
    """Add images at equal distances, one at every tick, and return the room that half of one needs at both ends."""
    last = len(images) - 1
    between = end * min(last // end, max(2, _PICTURES // end))
    width = end / between
    figure.update_layout(
        images=[
            {
                "source": data_uri(images[round(number * last / between)].transpose(1, 2, 0).squeeze()),
                "x": number * width,
                "y": 1.04,
                "sizex": 0.94 * width,
                "sizey": 0.8,
                "xanchor": "center",
                "yanchor": "bottom",
                "xref": "x",
                "yref": "y",
                "sizing": "contain",
            }
            for number in range(between + 1)
        ]
    )
    return 0.55 * width


def _add_band(figure: go.Figure, walk: Walk, class_names: Sequence[str], end: int) -> None:
    assert walk.classes is not None
    assert walk.probabilities is not None
    step = end / (len(walk.classes) - 1)
    for label in np.unique(walk.classes).tolist():
        chosen = np.flatnonzero(walk.classes == label)
        words = f"{walk.word}: the judge reads {class_names[label]}, probability %{{y:.1%}}<extra></extra>"
        figure.add_trace(
            go.Bar(
                x=chosen * step,
                y=walk.probabilities[chosen],
                width=step,
                marker={"color": PALETTE[label % len(PALETTE)], "line": {"width": 0}},
                hovertemplate=words,
            )
        )
    runs = np.split(np.arange(len(walk.classes)), np.flatnonzero(np.diff(walk.classes)) + 1)
    names = [(run.mean() * step, len(run) / len(walk.classes), int(walk.classes[run[0]])) for run in runs]
    figure.update_layout(
        annotations=[
            {
                "x": place,
                "y": 0.02,
                "yanchor": "bottom",
                "text": f"<b>{class_names[label]}</b>",
                "showarrow": False,
                "font": {"color": "white", "size": 13},
                "bgcolor": PALETTE[label % len(PALETTE)],
                "borderpad": 0,
            }
            for place, share, label in names
            # The names of narrow sections would lie over one another; pointing at a section shows its name.
            if share > _LETTER * len(class_names[label])
        ]
    )
