"""Figures of mistakes: the codes of the wrong and the right model around the prior, their KL, and a bound per image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vae.figures.maps import axes_of, classes_below, medoid_label
from vae.figures.style import GRID, PALETTE, TITLED, framed

WRONG, RIGHT = PALETTE[1], PALETTE[0]
LEAST_REACH = 2.6  # of a map from the middle, so that both circles of the prior are on it
SPREAD = 0.3  # of a map's reach, which codes that have room for the names of their classes fill
HEIGHT = 400
SPECK = 0.03  # of a map's reach, below which the prior is marked by a ring around it
STEEP = 100  # how many times a KL may be as large as another on an axis with equal steps


@dataclass(frozen=True, eq=False)
class Codes:
    """The codes of one model in two of its latent dimensions."""

    title: str
    points: np.ndarray  # (N, 2)
    axes: tuple[str, str]

    @property
    def reach(self) -> float:
        """How far the map reaches from the prior's mean, which is in its middle."""
        return max(LEAST_REACH, 1.1 * float(np.percentile(np.abs(self.points).max(1), 99.5)))


def maps(panels: Sequence[Codes], labels: np.ndarray, class_names: Sequence[str]) -> go.Figure:
    """Draw codes side by side, coloured by label (N,), each around the prior from which samples are drawn."""
    figure = make_subplots(1, len(panels), subplot_titles=[p.title for p in panels], horizontal_spacing=0.1)
    notes: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for column, panel in enumerate(panels, start=1):
        spread = float(panel.points.std(0).max()) > SPREAD * panel.reach / 2
        for label, name in enumerate(class_names):
            points = panel.points[labels == label]
            if not len(points):
                continue
            colour = PALETTE[label % len(PALETTE)]
            figure.add_trace(_dots(points, name, colour, first=column == 1), row=1, col=column)
            if spread:
                notes.append(medoid_label(points, name, colour) | axes_of(column))
        circles, words = _prior(panel.reach)
        shapes += [circle | axes_of(column) for circle in circles]
        notes.append(words | axes_of(column))
        axis = {"range": [-panel.reach, panel.reach], "gridcolor": GRID, "zerolinecolor": GRID}
        anchor = {"scaleanchor": axes_of(column)["xref"], "constrain": "domain"}
        figure.update_xaxes(title_text=panel.axes[0], **axis, constrain="domain", row=1, col=column)
        figure.update_yaxes(title_text=panel.axes[1], **axis, **anchor, title_standoff=0, row=1, col=column)
    figure.layout.annotations = [*figure.layout.annotations, *notes]
    figure.layout.shapes = shapes
    return classes_below(framed(figure, HEIGHT, top=TITLED))


def _dots(points: np.ndarray, name: str, colour: str, *, first: bool) -> go.Scatter:
    return go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers",
        marker={"size": 4, "opacity": 0.7, "color": colour},
        name=name,
        legendgroup=name,
        showlegend=first,
        hovertemplate=f"{name}<br>(%{{x:.3g}}, %{{y:.3g}})<extra></extra>",
    )


def _prior(reach: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the circles of 1σ and 2σ, or a ring around them where they are a speck, and words that say what it is."""
    speck = SPECK * reach > 2
    radii = (SPECK * reach,) if speck else (1.0, 2.0)
    # Black on white is seen on dots of every colour, in both themes.
    lines = [{"color": "white", "width": 5}, {"color": "black", "width": 2, "dash": "solid" if speck else "dash"}]
    circles: list[dict[str, Any]] = [
        {"type": "circle", "x0": -r, "x1": r, "y0": -r, "y1": r, "line": line} for r in radii for line in lines
    ]
    edge = max(radii) / 2**0.5
    arrow = {"ax": -30, "ay": 35, "arrowwidth": 2, "arrowcolor": "black", "standoff": 2}
    box = {"bgcolor": "white", "bordercolor": "black", "borderpad": 3, "font": {"color": "black", "size": 12}}
    return circles, {"x": edge, "y": -edge, "text": "samples are drawn here"} | arrow | box


def kl_bars(wrong: np.ndarray, right: np.ndarray, names: tuple[str, str]) -> go.Figure:
    """Draw the KL of every latent dimension of two models, (D,) each in nats per image, each from its largest on.

    Args:
        names: of the wrong and the right model in the legend.
    """
    figure = go.Figure()
    for kl, name, colour, pattern in zip((wrong, right), names, (WRONG, RIGHT), ("/", ""), strict=True):
        figure.add_trace(
            go.Bar(
                x=np.arange(1, len(kl) + 1),
                y=np.sort(kl)[::-1],
                name=name,
                marker={"color": colour, "pattern": {"shape": pattern}},
                hovertemplate="place %{x}: %{y:.3g} nats<extra>%{fullData.name}</extra>",
            )
        )
    steep = min(wrong.max(), right.max()) > 0 and wrong.max() > STEEP * right.max()
    title = "KL, nats per image" + (", logarithmic" if steep else "")
    figure.update_xaxes(title_text="dimension, by KL")
    figure.update_yaxes(title_text=title, type="log" if steep else "linear", gridcolor=GRID)
    framed(figure, HEIGHT, top=TITLED, legend=True, barmode="group")
    return figure.update_layout(title={"text": "KL of each dimension", "font": {"size": 14}})


def differences(values: np.ndarray) -> go.Figure:
    """Draw how many images have which difference (N,) of −ELBO, nats: a draw of z minus the posterior's mean."""
    low, high = np.percentile(values, [0.5, 99.5])
    bins = {"start": float(low), "end": float(high), "size": float(high - low) / 60 or 1.0}
    figure = go.Figure(go.Histogram(x=values, xbins=bins, marker={"color": WRONG}))
    figure.update_traces(hovertemplate="%{x} nats: %{y} images<extra></extra>")
    middle = float(values.mean())
    words = {"bgcolor": "white", "font": {"color": "black"}, "bordercolor": "black", "borderpad": 3}
    figure.add_vline(0, line={"color": "#888888", "width": 2, "dash": "dash"})
    figure.add_vline(
        middle, line={"color": "#888888", "width": 2}, annotation={"text": f"mean {middle:.1f} nats"} | words
    )
    figure.update_xaxes(title_text="−ELBO at a drawn z minus −ELBO at the mean, nats", gridcolor=GRID)
    figure.update_yaxes(title_text="test images", gridcolor=GRID)
    framed(figure, HEIGHT, top=TITLED, bargap=0.02)
    title = "How much too low −ELBO is at the mean, for each test image"
    return figure.update_layout(title={"text": title, "font": {"size": 14}})
