"""The figure of inactive latent dimensions against β, as linear theory expects them and as they were measured."""

from collections.abc import Sequence

import plotly.graph_objects as go

from vae.figures.style import GRID, PALETTE, TITLED, framed

MARKED = 8  # dimensions at most that each have a line of the grid


def inactive(
    betas: Sequence[float],
    expected: Sequence[int],
    measured: Sequence[int],
    latent_dim: int,
    runs: Sequence[tuple[float, int]] = (),
) -> go.Figure:
    """Draw the numbers of inactive dimensions, of `latent_dim`, at rising β.

    Args:
        runs: β and number of each of a ladder's runs.
    """
    theory = {"color": PALETTE[1], "dash": "dash", "width": 3}  # upon the other, which it often covers
    figure = go.Figure(
        [
            _trace(betas, measured, "measured of this model").update(line={"color": PALETTE[0], "width": 6}),
            _trace(betas, expected, "expected of a linear VAE").update(line=theory),
        ]
    )
    if runs:
        mark = {"symbol": "diamond", "size": 10, "color": PALETTE[2]}
        rungs = _trace([beta for beta, _ in runs], [number for _, number in runs], "measured of the ladder's VAEs")
        figure.add_trace(rungs.update(mode="markers", marker=mark))
    figure.update_xaxes(title_text="β", range=[-0.02 * max(betas), 1.02 * max(betas)], gridcolor=GRID, zeroline=False)
    figure.update_yaxes(
        title_text="latent dimensions", range=[-0.05 * latent_dim, 1.05 * latent_dim], gridcolor=GRID, zeroline=False
    )
    if latent_dim <= MARKED:
        figure.update_yaxes(dtick=1)
    heading = {"text": "Inactive latent dimensions by β: expected and measured", "font": {"size": 14}}
    return framed(figure, 300, top=TITLED, legend=True, title=heading | {"x": 0, "xref": "paper"}, showlegend=True)


def _trace(betas: Sequence[float], values: Sequence[int], name: str) -> go.Scatter:
    return go.Scatter(
        x=list(betas),
        y=list(values),
        name=name,
        mode="lines",
        line={"shape": "hv"},
        hovertemplate="β %{x:.3g}: %{y} inactive<extra></extra>",
    )
