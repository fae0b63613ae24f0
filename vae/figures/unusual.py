"""Plotly figures of unusual images: two histograms of a score for every model, and ROC curves."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vae.explore.unusual import Detection
from vae.figures.style import GRID, PALETTE, TITLED, framed

BINS = 60
SHOWN = (0.2, 99.8)  # percentiles of all scores, between which the histograms are drawn
DASHES = ("solid", "dash")
FILLS = ("rgba(68, 119, 170, 0.25)", "rgba(238, 102, 119, 0.25)")  # PALETTE's first two colours, transparent


def histograms(panels: Mapping[str, Mapping[str, np.ndarray]], axes: Mapping[str, str]) -> go.Figure:
    """Draw the scores of two sets of images, a panel for every model, on a logarithmic axis if nearly all are positive.

    Args:
        panels: scores by the panel's title and the set's name.
        axes: the name of the score with its unit, by the panel's title.
    """
    figure = make_subplots(1, len(panels), subplot_titles=list(panels), horizontal_spacing=0.1)
    for column, (title, sets) in enumerate(panels.items(), start=1):
        edges, kind = _bins(np.concatenate(list(sets.values())))
        for number, (name, values) in enumerate(sets.items()):
            share = 100 * np.histogram(values, edges)[0] / len(values)
            figure.add_trace(
                go.Scatter(
                    x=edges,
                    y=[*share, share[-1]],
                    mode="lines",
                    fill="tozeroy",
                    fillcolor=FILLS[number],
                    line={"color": PALETTE[number], "width": 2, "shape": "hv", "dash": DASHES[number]},
                    name=name,
                    legendgroup=name,
                    showlegend=column == 1,
                    hovertemplate=f"{name}<br>from %{{x:.4~g}}: %{{y:.1f}} % of the images<extra></extra>",
                ),
                row=1,
                col=column,
            )
        figure.update_xaxes(title_text=axes[title].replace(", ", ",<br>"), type=kind, gridcolor=GRID, row=1, col=column)
        if kind == "log":
            figure.update_xaxes(**_ticks(edges), row=1, col=column)
    figure.update_yaxes(gridcolor=GRID, rangemode="tozero")
    figure.update_yaxes(title_text="share of images, %", col=1)
    return framed(figure, 340, top=TITLED, legend=True)


def _bins(values: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the edges of `BINS` bins over nearly all values, and the kind of axis on which they are equally wide."""
    low, high = np.percentile(values, SHOWN)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    if low > 0:
        return np.geomspace(low, high, BINS + 1), "log"
    return np.linspace(low, high, BINS + 1), "linear"


def _ticks(edges: np.ndarray) -> dict[str, list]:
    """Return ticks at 1, 2 and 5 times every power of ten, written out, for a logarithmic axis."""
    powers = range(int(np.floor(np.log10(edges[0]))), int(np.ceil(np.log10(edges[-1]))) + 1)
    values = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    return {"tickvals": values, "ticktext": [f"{value:,g}" for value in values]}


def roc_curves(found: Mapping[str, Detection]) -> go.Figure:
    """Draw an ROC curve for every model, with its AUROC in the legend, and the diagonal of chance."""
    figure = go.Figure()
    for number, (name, detection) in enumerate(found.items()):
        figure.add_trace(
            go.Scatter(
                x=detection.false_alarms,
                y=detection.found,
                mode="lines",
                line={"color": PALETTE[number], "width": 3, "dash": DASHES[number % 2]},
                name=f"{name}: AUROC {detection.auroc:.3f}",
                hovertemplate=f"{name} finds %{{y:.1%}} at %{{x:.1%}} false alarms<extra></extra>",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", line={"color": "#8C8C8C", "dash": "dot"}, name="guessing: AUROC 0.500"
        )
    )
    figure.update_xaxes(
        title_text="false alarms: share of test images flagged", range=[0, 1], tickformat=".0%", gridcolor=GRID
    )
    figure.update_yaxes(title_text="share of other images flagged", range=[0, 1.01], tickformat=".0%", gridcolor=GRID)
    return framed(figure, 420, legend=True)
