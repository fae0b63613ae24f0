"""Plotly figures of two images' codes: dimension by dimension, and their distance among those of other pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vae.figures.style import GRID, PALETTE, TITLED, framed

COLOURS = (PALETTE[0], PALETTE[8])
BINS = 60
_MARKS = ("circle", "diamond")


@dataclass(frozen=True, eq=False)
class Codes:
    """Two codes of one model."""

    title: str
    codes: np.ndarray  # (2, latent_dim)
    deviations: np.ndarray | None  # (2, latent_dim), the posteriors' σ; None for an AE


def side_by_side(models: Sequence[Codes], names: Sequence[str]) -> go.Figure:
    """Draw two codes dimension by dimension, a panel for every model; error bars are the posteriors' σ."""
    figure = make_subplots(1, len(models), subplot_titles=[model.title for model in models], horizontal_spacing=0.08)
    for column, model in enumerate(models, start=1):
        places = np.arange(1, model.codes.shape[1] + 1)
        for number, name in enumerate(names):
            bars = None if model.deviations is None else {"type": "data", "array": model.deviations[number]}
            figure.add_trace(
                go.Scatter(
                    x=places + (number - 0.5) * 0.25,
                    y=model.codes[number],
                    error_y=bars,
                    mode="markers",
                    marker={"size": 9, "color": COLOURS[number], "symbol": _MARKS[number]},
                    name=name,
                    legendgroup=name,
                    showlegend=column == 1,
                    customdata=places,
                    hovertemplate=name + "<br>z%{customdata}: %{y:.2f}<extra></extra>",
                ),
                row=1,
                col=column,
            )
        every = -(-len(places) // 10)
        ticks = places[::every]
        figure.update_xaxes(tickvals=ticks, ticktext=[f"z{place}" for place in ticks], row=1, col=column)
    figure.update_xaxes(title_text="latent dimension", gridcolor=GRID)
    figure.update_yaxes(gridcolor=GRID, zeroline=True, zerolinecolor=GRID)
    figure.update_yaxes(title_text="value of the code", row=1, col=1)
    return framed(figure, 340, top=TITLED, legend=True)


def among_others(
    titles: Sequence[str],
    same: Sequence[np.ndarray],
    different: Sequence[np.ndarray],
    own: Sequence[float],
    names: tuple[str, str],
) -> go.Figure:
    """Draw distances of pairs of one class and of different classes, a panel per model, and one pair's as a line.

    Args:
        names: of both kinds of pairs, in the legend.
    """
    figure = make_subplots(1, len(titles), subplot_titles=titles, horizontal_spacing=0.08)
    for column, (near, far, here) in enumerate(zip(same, different, own, strict=True), start=1):
        top = float(np.percentile(np.concatenate([near, far, [here]]), 99.5)) if len(near) + len(far) else here
        edges = np.linspace(0, max(top, here, 1e-6) * (BINS + 1) / BINS, BINS + 1)
        shares = [np.histogram(values, edges)[0] / max(len(values), 1) for values in (near, far)]
        for number, name in enumerate(names):
            bars = _bars(edges, shares[number], number, name).update(showlegend=column == 1)
            figure.add_trace(bars, row=1, col=column)
        # The words stand above the bars, on a ground of their own.
        words = {
            "text": "your pair",
            "showarrow": False,
            "bgcolor": "white",
            "font": {"color": "black"},
            "borderpad": 2,
        }
        figure.add_vline(x=here, line={"width": 2.5, "color": "#888888"}, annotation=words, row=1, col=column)
        figure.update_yaxes(range=[0, 1.25 * float(np.max(shares)) or 1], row=1, col=column)
    figure.update_xaxes(title_text="distance, spreads", gridcolor=GRID, rangemode="tozero")
    figure.update_yaxes(gridcolor=GRID, tickformat=".0%")
    figure.update_yaxes(title_text="share of pairs", row=1, col=1)
    return framed(figure, 340, top=TITLED, legend=True, barmode="overlay")


def _bars(edges: np.ndarray, shares: np.ndarray, number: int, name: str) -> go.Bar:
    """Return the histogram of one of the two kinds of pairs: shares (B,) between edges (B + 1,)."""
    return go.Bar(
        x=(edges[1:] + edges[:-1]) / 2,
        y=shares,
        width=float(edges[1]),
        opacity=0.65,
        marker={"color": COLOURS[number], "pattern": {"shape": ("", "/")[number]}, "line": {"width": 0}},
        name=name,
        legendgroup=name,
        hovertemplate=name + "<br>%{x:.2f}: %{y:.1%} of the pairs<extra></extra>",
    )
