"""Plotly figures of the effect of β: rate against distortion, and numbers against β."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from vae.figures.style import GRID, PALETTE, TITLED, framed

_DASHES = ("solid", "dash", "dot", "dashdot")
# Width and height of a label and of a mark, as shares of the first view, and the label's lower left corner by side.
_LABEL, _MARK = np.array([0.07, 0.055]), np.array([0.01, 0.02])
_EDGE = 0.005  # the share of the view by which a label is smaller than its box
_SIDES = {
    "top right": (0, 0),
    "bottom left": (-1, -1),
    "top left": (-1, 0),
    "bottom right": (0, -1),
    "middle right": (0, -0.5),
    "middle left": (-1, -0.5),
    "top center": (-0.5, 0),
    "bottom center": (-0.5, -1),
}
_MARKS = ("circle", "diamond", "square", "triangle-up")


class RunPoint(NamedTuple):
    """A run on the plane of rate and distortion."""

    name: str
    beta: float
    rate: float
    distortion: float


class Curve(NamedTuple):
    """Runs that differ in β alone, by rising β."""

    label: str
    points: Sequence[RunPoint]


def rate_distortion(
    curves: Sequence[Curve],
    others: Sequence[RunPoint],
    optimal_sigma: Sequence[RunPoint],
    distortion: str,
    *,
    tangent: bool,
    limit: float | None = None,
) -> go.Figure:
    """Draw runs by rate and distortion; `tangent` adds the line of slope −1 through the run with the least sum of both.

    Args:
        distortion: the vertical axis' title.
        limit: the highest rate in the first view; runs beyond it are reached by scrolling.
    """
    places = [(point.rate, point.distortion) for curve in curves for point in curve.points]
    marks = [(point.rate, point.distortion) for point in (*others, *optimal_sigma)]
    points = [point for curve in curves for point in curve.points]
    shown = [point.rate for point in points if limit is None or point.rate <= limit]
    line = _tangent(points, max(shown)) if tangent and points else None
    lines = [place for curve in curves for ends in pairwise(curve.points) for place in _along(*(p[2:] for p in ends))]
    lines += _along(*zip(line.x, line.y, strict=True)) if line else []
    sides = iter(_sides(places, marks, limit, lines))
    figure = go.Figure(
        [_curve_trace(number, curve, [next(sides) for _ in curve.points]) for number, curve in enumerate(curves)]
    )
    if others:
        mark = {"size": 9, "symbol": "x-thin", "line": {"width": 2, "color": "#8C8C8C"}}
        figure.add_trace(_run_trace(others, "other VAEs").update(mode="markers", marker=mark))
    if optimal_sigma:
        mark = {"size": 16, "symbol": "star", "color": PALETTE[8], "line": {"width": 1, "color": "white"}}
        figure.add_trace(_run_trace(optimal_sigma, "VAE with the optimal σ").update(mode="markers", marker=mark))
    if line:
        figure.add_trace(line)
    figure.update_xaxes(title_text="rate: KL, nats per image", gridcolor=GRID, zerolinecolor=GRID)
    figure.update_yaxes(title_text=distortion, gridcolor=GRID, zerolinecolor=GRID)
    if shown:
        figure.update_xaxes(range=[-0.03 * max(shown), 1.08 * max(shown)])
    return framed(figure, 520, legend=True, hovermode="closest")


def _sides(
    places: Sequence[tuple[float, float]],
    marks: Sequence[tuple[float, float]],
    limit: float | None,
    line: Sequence[tuple[float, float]] = (),
) -> list[str | None]:
    """Return for each place (rate, distortion) the side on which its label covers nothing; None if there is none.

    Args:
        marks: other places that no label covers.
        limit: the highest rate in the first view.
        line: places along the lines that strike no label through.
    """
    points, along = (np.array(found, float).reshape(-1, 2) for found in ([*places, *marks], line))
    shown = points[points[:, 0] <= (np.inf if limit is None else limit)]
    if not len(shown):
        return [None] * len(places)
    view = np.concatenate([shown, along[along[:, 0] <= shown[:, 0].max()]])
    points, along = (
        (found - view.min(0)) / np.where(np.ptp(view, 0) > 0, np.ptp(view, 0), 1) for found in (points, along)
    )
    found: list[str | None] = []
    corners: list[np.ndarray] = []  # the lower left ones of the labels so far
    for number, (rate, _) in enumerate(places):
        if limit is not None and rate > limit:  # the edge of the view would cut its label
            found.append(None)
            continue
        others = np.delete(points, number, 0)
        for side, shift in _SIDES.items():
            corner = points[number] + np.array(shift) * _LABEL
            covers = _holds(corner - _MARK, corner + _LABEL + _MARK, others) or _holds(
                corner + _EDGE, corner + _LABEL - _EDGE, along
            )
            if not covers and not any((np.abs(corner - taken) < _LABEL).all() for taken in corners):
                corners.append(corner)
                found.append(side)
                break
        else:
            found.append(None)
    return found


def _holds(low: np.ndarray, high: np.ndarray, points: np.ndarray) -> bool:
    """Tell whether a box with these corners (2,) holds any of points (N, 2)."""
    return bool(((points > low) & (points < high)).all(1).any())


def _curve_trace(number: int, curve: Curve, sides: Sequence[str | None]) -> go.Scatter:
    """Draw a curve with the β of its points beside them; the β without a side for its label is told by hovering."""
    return _run_trace(curve.points, curve.label).update(
        mode="lines+markers+text",
        **_style(number, 9),
        text=[f"β {point.beta:g}" if side else "" for point, side in zip(curve.points, sides, strict=True)],
        textposition=[side or "top right" for side in sides],
        textfont={"size": 11},
    )


def _tangent(points: Sequence[RunPoint], furthest: float) -> go.Scatter:
    """Draw the line of slope −1, on which −ELBO is constant, through the run with the lowest −ELBO."""
    best = min(points, key=lambda point: point.rate + point.distortion)
    total = best.rate + best.distortion
    return go.Scatter(
        x=[0.0, furthest],
        y=[total, total - furthest],
        mode="lines",
        line={"color": "#8C8C8C", "dash": "dot", "width": 2},
        name=f"slope −1 through {best.name}: −ELBO = {total:.1f} nats",
        hoverinfo="skip",
    )


def _along(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Return places on a straight line, so near to each other that no label lies between two of them."""
    return [tuple(place) for place in np.linspace(start, end, 60)]


def _style(number: int, size: int) -> dict[str, Any]:
    """Return the colour, dashes and marks that tell a ladder from the others, by its number."""
    return {
        "line": {"color": PALETTE[number % len(PALETTE)], "dash": _DASHES[number % 4], "width": 2},
        "marker": {"size": size, "symbol": _MARKS[number % 4]},
    }


def _run_trace(points: Sequence[RunPoint], name: str) -> go.Scatter:
    return go.Scatter(
        x=[point.rate for point in points],
        y=[point.distortion for point in points],
        name=name,
        customdata=[(point.name, point.beta) for point in points],
        hovertemplate="%{customdata[0]}<br>β %{customdata[1]:g}: rate %{x:.2f}, distortion %{y:.4g}<extra></extra>",
    )


class Series(NamedTuple):
    """A number and its interval at every β; None where it was not measured."""

    label: str
    betas: Sequence[float]
    values: Sequence[float | None]
    lows: Sequence[float | None]
    highs: Sequence[float | None]


def against_beta(title: str, several: Sequence[Series], anchors: Mapping[str, float]) -> go.Figure:
    """Draw a number against β with its 95 % intervals, a line for every ladder.

    The values of β are drawn at equal steps, since 0 has no place on a logarithmic axis.

    Args:
        several: the ladders' series.
        anchors: horizontal lines by name.
    """
    figure = go.Figure([_series_trace(number, series) for number, series in enumerate(several)])
    for name, value in anchors.items():
        figure.add_hline(
            value,
            line={"color": "#8C8C8C", "dash": "dot", "width": 1.5},
            annotation={"text": name, "font": {"size": 12}},
            annotation_position="top left",
        )
    ticks = [f"{beta:g}" for beta in sorted({beta for one in several for beta in one.betas})]
    figure.update_xaxes(title_text="β", type="category", categoryorder="array", categoryarray=ticks, gridcolor=GRID)
    figure.update_yaxes(gridcolor=GRID, rangemode="tozero")
    heading = {"text": title, "font": {"size": 14}, "x": 0, "xref": "paper"}
    return framed(figure, 340, top=TITLED, legend=True, title=heading, showlegend=True)


def _series_trace(number: int, series: Series) -> go.Scatter:
    """Draw a series with its intervals, without the β at which nothing was measured."""
    known = [i for i, value in enumerate(series.values) if value is not None]
    values = np.array([series.values[i] for i in known], float)
    lows, highs = (np.array([side[i] for i in known], float) for side in (series.lows, series.highs))
    return go.Scatter(
        x=[f"{series.betas[i]:g}" for i in known],
        y=values,
        error_y={"array": highs - values, "arrayminus": values - lows, "thickness": 1.5, "width": 4},
        mode="lines+markers",
        **_style(number, 8),
        name=series.label,
        legendgroup=series.label,
        hovertemplate=f"{series.label}<br>β %{{x}}: %{{y:.4g}}<extra></extra>",
    )
