"""Plotly figures of unusual images: two histograms of a score a model, and ROC curves."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vae.figures import GRID, PALETTE
from vae.unusual import Detection

BINS = 60


def histograms(panels: Mapping[str, Mapping[str, np.ndarray]], axes: Mapping[str, str]) -> go.Figure:
    """Scores by set of images, a panel a model.

    Args:
        axes: of every panel, what its score is, with the unit.
    """
    figure = make_subplots(1, len(panels), subplot_titles=list(panels), horizontal_spacing=0.1)
    for column, (title, sets) in enumerate(panels.items(), start=1):
        together = np.concatenate(list(sets.values()))
        low, high = together.min(), np.percentile(together, 99.5)
        bins = {"start": low, "end": high, "size": (high - low) / BINS or 1.0}
        for number, (name, values) in enumerate(sets.items()):
            figure.add_trace(
                go.Histogram(
                    x=values,
                    xbins=bins,
                    autobinx=False,
                    histnorm="percent",
                    name=name,
                    legendgroup=name,
                    showlegend=column == 1,
                    opacity=0.65,
                    marker={"color": PALETTE[number], "pattern": {"shape": ("", "/")[number], "size": 5}},
                    hovertemplate=f"{name}<br>%{{x}}: %{{y:.1f}} % of the images<extra></extra>",
                ),
                row=1,
                col=column,
            )
        figure.update_xaxes(title_text=axes[title], gridcolor=GRID, row=1, col=column)
    figure.update_yaxes(title_text="share of images, %", gridcolor=GRID, col=1)
    figure.update_layout(
        height=340,
        barmode="overlay",
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        legend={"orientation": "h", "y": -0.25},
    )
    return figure


def roc_curves(found: Mapping[str, Detection]) -> go.Figure:
    """A curve a model, its AUROC in the legend, and the diagonal of chance."""
    figure = go.Figure()
    for number, (name, detection) in enumerate(found.items()):
        figure.add_trace(
            go.Scatter(
                x=detection.false_alarms,
                y=detection.found,
                mode="lines",
                line={"color": PALETTE[number], "width": 3, "dash": ("solid", "dash")[number % 2]},
                name=f"{name}: AUROC {detection.auroc:.3f}",
                hovertemplate=f"{name}: finds %{{y:.1%}} at %{{x:.1%}} false alarms<extra></extra>",
            )
        )
    figure.add_trace(
        go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": "#8C8C8C", "dash": "dot"}, name="chance: 0.500")
    )
    figure.update_xaxes(title_text="own test images taken for others", range=[0, 1], tickformat=".0%", gridcolor=GRID)
    figure.update_yaxes(title_text="others found", range=[0, 1.01], tickformat=".0%", gridcolor=GRID)
    figure.update_layout(
        height=420, margin={"l": 10, "r": 10, "t": 10, "b": 10}, legend={"orientation": "h", "y": -0.2}
    )
    return figure
