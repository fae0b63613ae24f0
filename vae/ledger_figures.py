"""The ledger of one image as a figure."""

import plotly.graph_objects as go

from vae.figures import GRID, PALETTE
from vae.ledger import Ledger


def bars(ledger: Ledger) -> go.Figure:
    """Of every number of a code, nats: the KL that it costs (VAE), and what the image loses without it."""
    names = [f"z{index + 1}" for index in range(len(ledger.lost))]
    figure = go.Figure()
    if ledger.kl is not None:
        figure.add_trace(go.Bar(x=names, y=ledger.kl, name="KL that it costs", marker={"color": PALETTE[0]}))
    figure.add_trace(
        go.Bar(x=names, y=ledger.lost, name="reconstruction lost without it", marker={"color": PALETTE[8]})
    )
    figure.update_traces(hovertemplate="%{x}: %{y:.2f} nats<extra>%{fullData.name}</extra>", texttemplate="%{y:.1f}")
    figure.update_xaxes(title_text="number of the code", type="category")
    figure.update_yaxes(title_text="nats, this image", gridcolor=GRID)
    figure.update_layout(
        height=340,
        barmode="group",
        showlegend=True,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.12},
    )
    return figure
