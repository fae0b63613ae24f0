"""Figures of losses over epochs and of the KL of every latent dimension."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vae.figures.style import GRID, PALETTE, TITLED_TWICE, framed

if TYPE_CHECKING:  # the first page, which imports this, need not wait for pandas
    import pandas as pd


def loss_curves(
    histories: Mapping[str, "pd.DataFrame"], titles: Mapping[str, str] | None = None, *, height: int = 420
) -> go.Figure:
    """Draw losses over epochs, a panel for every loss: test losses as solid lines, training losses as dotted ones.

    Args:
        titles: the panels' titles, by the loss's name in the histories' columns; by default reconstruction and KL
            apart and, where a run has a classifier, its cross-entropy beside them.
    """
    titles = titles or _loss_titles(histories)
    figure = make_subplots(1, len(titles), subplot_titles=list(titles.values()), horizontal_spacing=0.1)
    for number, (name, history) in enumerate(histories.items()):
        colour = PALETTE[number % len(PALETTE)]
        for column, key in enumerate(titles, start=1):
            if f"test_{key}" not in history or not history[f"test_{key}"].any():
                continue  # an autoencoder has no KL, and most have no classifier
            for part, dash in (("test", "solid"), ("train", "dot")):
                figure.add_trace(
                    go.Scatter(
                        x=history["epoch"],
                        y=history[f"{part}_{key}"],
                        mode="lines+markers" if len(history) < 8 else "lines",
                        line={"color": colour, "dash": dash, "width": 2},
                        marker={"size": 5},
                        name=f"{name}, {part}",
                        legendgroup=f"{name}, {part}",
                        showlegend=column == 1,
                        hovertemplate=f"{name}, {part}<br>epoch %{{x:g}}: %{{y:.2f}} nats<extra></extra>",
                    ),
                    row=1,
                    col=column,
                )
    figure.update_xaxes(title_text="epoch", gridcolor=GRID)
    figure.update_yaxes(gridcolor=GRID)
    figure.update_annotations(font_size=14)
    return framed(figure, height, top=TITLED_TWICE, legend=True, hovermode="closest")


def _loss_titles(histories: Mapping[str, "pd.DataFrame"]) -> dict[str, str]:
    titles = {"reconstruction": "Reconstruction loss,<br>nats per image", "kl": "KL,<br>nats per image"}
    if any("test_cross_entropy" in history and history["test_cross_entropy"].any() for history in histories.values()):
        titles["cross_entropy"] = "Classifier's cross-entropy,<br>nats per image"
    return titles


def kl_bars(kl: np.ndarray) -> go.Figure:
    """Draw the KL of every latent dimension (D,), nats per image, largest first: how much each says about an image."""
    order = np.argsort(-kl, kind="stable")
    names = [f"z{index + 1}" for index in order]
    figure = go.Figure(go.Bar(x=names, y=kl[order], marker={"color": PALETTE[0]}))
    figure.update_traces(hovertemplate="%{x}: %{y:.2f} nats<extra></extra>")
    figure.update_xaxes(title_text="latent dimension, sorted by its KL", type="category")
    figure.update_yaxes(title_text="KL, nats per image", gridcolor=GRID, rangemode="tozero")
    return framed(figure, 360)


def progress_curve(history: "pd.DataFrame") -> go.Figure:
    """Draw test reconstruction and KL of one run over epochs, small enough for the sidebar."""
    figure = go.Figure()
    for key, name, dash in (("test_reconstruction", "reconstruction", "solid"), ("test_kl", "KL", "dash")):
        if key == "test_kl" and not history[key].any():
            continue  # an autoencoder has no KL
        figure.add_trace(
            go.Scatter(x=history["epoch"], y=history[key], name=name, mode="lines+markers", line={"dash": dash})
        )
    figure.update_xaxes(title_text="epoch", gridcolor=GRID)
    figure.update_yaxes(title_text="nats per image", gridcolor=GRID, rangemode="tozero")
    figure.update_layout(
        height=200, margin={"l": 0, "r": 0, "t": 0, "b": 0}, legend={"orientation": "h", "y": 1.15, "x": 0}
    )
    return figure
