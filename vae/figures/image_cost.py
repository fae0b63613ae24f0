"""Plotly figure of the cost of one image in nats, for every latent dimension."""

from collections.abc import Sequence

import plotly.graph_objects as go

from vae.explore.image_cost import ImageCost
from vae.figures.style import GRID, PALETTE

LABELLED = 12  # most latent dimensions at which the bars have room for their values
TALLEST = 900  # pixels


def bars(cost: ImageCost, order: Sequence[int]) -> go.Figure:
    """Draw a VAE's KL and the rise of the reconstruction loss without a dimension, in nats for every latent dimension.

    Without a dimension means that it is set to its prior mean 0 in a VAE, and to its mean over the test codes in an AE.

    Args:
        order: the dimensions' indices from the top to the bottom.
    """
    names = [f"z{index + 1}" for index in order]
    labelled = len(names) <= LABELLED
    figure = go.Figure()
    if cost.kl is not None:
        figure.add_trace(go.Bar(y=names, x=cost.kl[order], name="KL", marker={"color": PALETTE[0]}))
    figure.add_trace(
        go.Bar(
            y=names,
            x=cost.lost[order],
            name="added reconstruction loss at its mean" if cost.kl is None else "added reconstruction loss at 0",
            marker={"color": PALETTE[8], "pattern": {"shape": "/"}},
        )
    )
    figure.update_traces(orientation="h", hovertemplate="%{y}: %{x:.2f} nats<extra>%{fullData.name}</extra>")
    if labelled:
        figure.update_traces(texttemplate="%{x:.1f}", textposition="outside", cliponaxis=False)
    figure.update_yaxes(type="category", autorange="reversed")
    figure.update_xaxes(title_text="nats for this image", gridcolor=GRID, zeroline=True, zerolinecolor=GRID)
    figure.update_layout(
        height=min(TALLEST, 100 + (44 if labelled else 24) * len(names)),
        barmode="group",
        showlegend=True,
        margin={"l": 10, "r": 40, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )
    return figure
