"""The figure of inactive latent dimensions against β, as linear theory expects them and as they were measured."""

from collections.abc import Sequence

import plotly.graph_objects as go

from vae.figures.style import GRID, PALETTE, TITLED, framed


def inactive(betas: Sequence[float], expected: Sequence[int], measured: Sequence[int], latent_dim: int) -> go.Figure:
    """Draw the numbers of inactive dimensions, of `latent_dim`, at rising β."""
    lines = (
        ("expected of a linear VAE", expected, {"color": PALETTE[1], "dash": "dash", "width": 3}),
        ("measured: KL below 0.1 nats", measured, {"color": PALETTE[0], "width": 3}),
    )
    figure = go.Figure(
        [
            go.Scatter(
                x=list(betas),
                y=list(values),
                name=name,
                mode="lines",
                line=line | {"shape": "hv"},
                hovertemplate="β %{x:.3g}: %{y} inactive<extra></extra>",
            )
            for name, values, line in lines
        ]
    )
    figure.update_xaxes(title_text="β", range=[0, max(betas)], gridcolor=GRID, zeroline=False)
    figure.update_yaxes(
        title_text="latent dimensions", range=[-0.05 * latent_dim, 1.05 * latent_dim], gridcolor=GRID, zeroline=False
    )
    heading = {"text": "Inactive latent dimensions by β: expected and measured", "font": {"size": 14}}
    return framed(figure, 300, top=TITLED, legend=True, title=heading | {"x": 0, "xref": "paper"}, showlegend=True)
