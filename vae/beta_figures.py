"""Plotly figures of what β does: a ladder's rungs under one slider, rate against distortion, numbers against β."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vae.figures import GRID, PALETTE, data_uri, medoid_label, square_range, tile
from vae.ladder import Rung

COLUMNS = 8  # of samples
PAIRS = 5  # originals a row, each over its reconstruction
_DASHES = ("solid", "dash", "dot", "dashdot")
_MARKS = ("circle", "diamond", "square", "triangle-up")
_TITLES = ("Samples of the same z ~ N(0, I)", "Images over their reconstructions")


def ladder(
    rungs: Sequence[Rung], originals: np.ndarray, labels: np.ndarray, class_names: Sequence[str], axes: tuple[str, str]
) -> go.Figure:
    """Samples, reconstructions, latent map and KL bars of one β, and a slider over all of them, in the browser alone.

    Args:
        originals: uint8 (M, C, H, W), of which the rungs hold reconstructions.
        labels: int (P,), classes of the points on the maps.
    """
    figure = make_subplots(2, 2, subplot_titles=("", "", "", ""), horizontal_spacing=0.07, vertical_spacing=0.14)
    start = min(range(len(rungs)), key=lambda i: abs(rungs[i].beta - 1))
    frames = [_frame(rung, originals, labels, class_names, axes) for rung in rungs]
    first = frames[start]
    figure.add_traces(first["data"])
    figure.frames = [
        go.Frame(data=frame["data"], layout=frame["layout"], name=str(number)) for number, frame in enumerate(frames)
    ]
    for column, picture in ((1, first["pictures"][0]), (2, first["pictures"][1])):
        height, width = picture
        figure.update_xaxes(visible=False, range=[-0.5, width - 0.5], constrain="domain", row=1, col=column)
        figure.update_yaxes(visible=False, range=[height - 0.5, -0.5], constrain="domain", row=1, col=column)
    figure.update_yaxes(scaleanchor="x", row=1, col=1)
    figure.update_yaxes(scaleanchor="x2", row=1, col=2)
    figure.update_xaxes(title_text=axes[0], gridcolor=GRID, zerolinecolor=GRID, row=2, col=1)
    figure.update_yaxes(title_text=axes[1], gridcolor=GRID, zerolinecolor=GRID, title_standoff=0, row=2, col=1)
    figure.update_xaxes(constrain="domain", row=2, col=1)
    figure.update_yaxes(scaleanchor="x3", constrain="domain", row=2, col=1)
    figure.update_xaxes(title_text="latent dimension, by KL", type="category", row=2, col=2)
    figure.update_yaxes(title_text="KL, nats per image", gridcolor=GRID, title_standoff=0, row=2, col=2)
    figure.update_layout(first["layout"])
    for radius in (1, 2):
        circle = {"type": "circle", "x0": -radius, "x1": radius, "y0": -radius, "y1": radius}
        figure.add_shape(**circle, line={"color": "#999999", "width": 2, "dash": "dash"}, row=2, col=1)
    for index, name in enumerate(class_names):
        # The legend's entries; the points are one trace, which every frame replaces whole.
        marker = {"color": PALETTE[index % len(PALETTE)], "size": 9}
        figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=name), row=2, col=1)
    immediate = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}}
    steps = [
        {"args": [[str(number)], immediate], "label": f"{rung.beta:g}", "method": "animate"}
        for number, rung in enumerate(rungs)
    ]
    slider = {
        "steps": steps,
        "active": start,
        "x": 0.02,
        "len": 0.96,
        "y": 1.08,
        "yanchor": "bottom",
        "pad": {"t": 0, "b": 0},
        "currentvalue": {"prefix": "β = ", "font": {"size": 20}, "xanchor": "left"},
    }
    figure.update_layout(
        height=860,
        margin={"l": 10, "r": 10, "t": 150, "b": 10},
        sliders=[slider],
        legend={"title": "Class", "orientation": "h", "y": -0.1, "x": 0},
    )
    return figure


def _frame(
    rung: Rung, originals: np.ndarray, labels: np.ndarray, class_names: Sequence[str], axes: tuple[str, str]
) -> dict[str, Any]:
    """What one β shows: its four traces, the layout that goes with them, and its pictures' heights and widths."""
    samples = tile(rung.samples, COLUMNS, scale=1)
    copies = tile(_over_each_other(originals, rung.reconstructions), PAIRS, scale=1)
    order = np.argsort(-rung.kl, kind="stable")
    chosen = np.array(PALETTE)[labels % len(PALETTE)]
    words = [class_names[label] for label in labels]
    x_range, y_range = square_range(rung.points)
    highest = float(rung.kl.max())
    data = [
        go.Image(source=data_uri(samples), dx=1 / 3, dy=1 / 3, hoverinfo="skip", xaxis="x", yaxis="y"),
        go.Image(source=data_uri(copies), dx=1 / 3, dy=1 / 3, hoverinfo="skip", xaxis="x2", yaxis="y2"),
        go.Scattergl(
            x=rung.points[:, 0],
            y=rung.points[:, 1],
            mode="markers",
            marker={"size": 4, "opacity": 0.7, "color": chosen},
            text=words,
            hovertemplate="%{text}, test image %{pointNumber}<br>(%{x:.2f}, %{y:.2f})<extra></extra>",
            showlegend=False,
            xaxis="x3",
            yaxis="y3",
        ),
        go.Bar(
            x=[f"z{index + 1}" for index in order],
            y=rung.kl[order],
            text=[f"{value:.2f}" for value in rung.kl[order]],
            textposition="outside",
            cliponaxis=False,
            marker={"color": PALETTE[0]},
            hovertemplate="%{x}: %{y:.3f} nats<extra></extra>",
            showlegend=False,
            xaxis="x4",
            yaxis="y4",
        ),
    ]
    titles = (
        *_TITLES,
        "Latent map, 1σ and 2σ of N(0, I)",
        f"KL {rung.rate:.1f} + reconstruction {rung.reconstruction:.1f} nats",
    )
    places = ((0.0, 1.0), (0.535, 1.0), (0.0, 0.43), (0.535, 0.43))
    annotations: list[dict[str, Any]] = [
        {"text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
        | {"showarrow": False, "font": {"size": 14}, "yshift": 4}
        for text, (x, y) in zip(titles, places, strict=True)
    ]
    for label, name in enumerate(class_names):
        if (labels == label).any():
            mark = medoid_label(rung.points[labels == label], name, PALETTE[label % len(PALETTE)])
            annotations.append(mark | {"xref": "x3", "yref": "y3"})
    layout = {
        "annotations": annotations,
        "xaxis3": {"range": x_range},
        "yaxis3": {"range": y_range},
        "yaxis4": {"range": [0, max(1.15 * highest, 0.1)]},
    }
    return {"data": data, "layout": layout, "pictures": (samples.shape[:2], copies.shape[:2])}


def _over_each_other(originals: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Rows of originals with a row of their reconstructions under each."""
    rows = zip(*(np.split(images, len(images) // PAIRS) for images in (originals, reconstructions)), strict=True)
    return np.concatenate([part for pair in rows for part in pair])


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
    """Runs by rate and distortion; `tangent` draws the line of slope −1 through the least sum of both.

    Args:
        distortion: the vertical axis' title.
        limit: highest rate that the view begins with; what lies beyond is a scroll away.
    """
    figure = go.Figure()
    for number, curve in enumerate(curves):
        figure.add_trace(
            _run_trace(curve.points, curve.label).update(
                mode="lines+markers+text",
                line={"color": PALETTE[number % len(PALETTE)], "dash": _DASHES[number % 4], "width": 2},
                marker={"size": 9, "symbol": _MARKS[number % 4]},
                text=[f"β {point.beta:g}" for point in curve.points],
                textposition="top right" if number % 2 == 0 else "bottom left",
                textfont={"size": 11},
            )
        )
    if others:
        mark = {"size": 9, "symbol": "x-thin", "line": {"width": 2, "color": "#8C8C8C"}}
        figure.add_trace(_run_trace(others, "other runs").update(mode="markers", marker=mark))
    if optimal_sigma:
        mark = {"size": 16, "symbol": "star", "color": PALETTE[8], "line": {"width": 1, "color": "white"}}
        trace = _run_trace(optimal_sigma, "optimal σ (σ-VAE)").update(mode="markers+text", marker=mark)
        figure.add_trace(trace.update(text=["optimal σ"] * len(optimal_sigma), textposition="bottom center"))
    points = [point for curve in curves for point in curve.points]
    shown = [point.rate for point in points if limit is None or point.rate <= limit]
    if tangent and points:
        best = min(points, key=lambda point: point.rate + point.distortion)
        total = best.rate + best.distortion
        ends = [0.0, max(shown)]
        figure.add_trace(
            go.Scatter(
                x=ends,
                y=[total - end for end in ends],
                mode="lines",
                line={"color": "#8C8C8C", "dash": "dot", "width": 2},
                name=f"slope −1: −ELBO = {total:.1f} nats, of {best.name}",
                hoverinfo="skip",
            )
        )
    figure.update_xaxes(title_text="rate: KL, nats per image", gridcolor=GRID, zerolinecolor=GRID)
    figure.update_yaxes(title_text=distortion, gridcolor=GRID, zerolinecolor=GRID)
    if shown:
        figure.update_xaxes(range=[-0.03 * max(shown), 1.08 * max(shown)])
    figure.update_layout(
        height=520,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": -0.18},
        hovermode="closest",
    )
    return figure


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


def against_beta(panels: Mapping[str, Sequence[Series]], anchors: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Numbers against β with their 95 % intervals, a panel each, a line for every ladder.

    β are drawn at equal steps, since 0 has no place on a logarithmic axis. `anchors`: of a panel, lines by name.
    """
    figure = make_subplots(1, len(panels), subplot_titles=list(panels), horizontal_spacing=0.09)
    ticks = sorted({beta for series in panels.values() for one in series for beta in one.betas})
    for column, (title, several) in enumerate(panels.items(), start=1):
        for number, series in enumerate(several):
            known = [i for i, value in enumerate(series.values) if value is not None]
            values = np.array([series.values[i] for i in known], float)
            lows, highs = (np.array([side[i] for i in known], float) for side in (series.lows, series.highs))
            figure.add_trace(
                go.Scatter(
                    x=[f"{series.betas[i]:g}" for i in known],
                    y=values,
                    error_y={"array": highs - values, "arrayminus": values - lows, "thickness": 1.5, "width": 4},
                    mode="lines+markers",
                    line={"color": PALETTE[number % len(PALETTE)], "dash": _DASHES[number % 4], "width": 2},
                    marker={"size": 8, "symbol": _MARKS[number % 4]},
                    name=series.label,
                    legendgroup=series.label,
                    showlegend=column == 1,
                    hovertemplate=f"{series.label}<br>β %{{x}}: %{{y:.4g}}<extra></extra>",
                ),
                row=1,
                col=column,
            )
        for name, value in anchors.get(title, {}).items():
            figure.add_hline(
                value,
                line={"color": "#8C8C8C", "dash": "dot", "width": 1.5},
                annotation={"text": name, "font": {"size": 11}},
                annotation_position="top left",
                row=1,
                col=column,
            )
    figure.update_xaxes(
        title_text="β", type="category", categoryorder="array", categoryarray=[f"{t:g}" for t in ticks], gridcolor=GRID
    )
    figure.update_yaxes(gridcolor=GRID, rangemode="tozero")
    figure.update_layout(
        height=400, margin={"l": 10, "r": 10, "t": 40, "b": 10}, legend={"orientation": "h", "y": -0.25}
    )
    return figure
