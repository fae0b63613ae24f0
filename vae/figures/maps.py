"""Latent maps as Plotly figures: scatter plots of codes by class, and paths and marked images on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vae.explore.projection import square
from vae.figures.style import GRID, LABELLED, PALETTE, RAMP, TITLED, framed

FEW = 5_000  # points of all panels that a browser draws in less time than it takes to open WebGL for more
CLEAR = 0.09  # how far the name of a class stays from a marked place, as a share of the panel
UNKNOWN = "#8C8C8C"
_MARKS = ("circle", "diamond", "square")  # one for every set of ten classes, which share the ten colours


@dataclass(frozen=True, eq=False)
class Panel:
    """One of the latent maps of a figure."""

    title: str
    points: np.ndarray  # (N, 2)
    labels: np.ndarray  # (N,) int
    axes: tuple[str, str]
    origin: tuple[float, float] | None = (0.0, 0.0)  # the place of z = 0; None where it has none
    values: np.ndarray | None = None  # (N,) numbers that colour the dots in the place of labels, NaN where unknown


@dataclass(frozen=True)
class FigureScale:
    """The scale of the numbers that colour dots."""

    name: str
    low: float
    high: float


def latent_maps(
    panels: Sequence[Panel], class_names: Sequence[str], *, prior: bool = False, scale: FigureScale | None = None
) -> go.Figure:
    """Draw latent maps side by side with one legend, whose entries show and hide a class in all of them.

    A class's name stands at its medoid, so that no reader depends on colour. Each panel has a range of its own. `prior`
    adds the 1σ and 2σ circles of N(0, I), for codes without a projection or on the plane of their PCA, and says that
    samples are drawn there; one ring marks the place where these circles would be specks. With a `scale`, the panels'
    values colour the dots, and those without a value are grey.
    """
    dots_of = go.Scatter if sum(len(panel.points) for panel in panels) <= FEW else go.Scattergl
    figure = make_subplots(1, len(panels), subplot_titles=[p.title for p in panels], horizontal_spacing=0.08)
    names: list[dict[str, object]] = []
    for column, panel in enumerate(panels, start=1):
        for label, name in enumerate(class_names):
            chosen = np.flatnonzero(panel.labels == label)
            if len(chosen):
                dots = _dots(panel.points[chosen], chosen, label, name)
                colour = dots["marker"]["color"] if scale is None else UNKNOWN
                if scale is not None:
                    _shade(dots["marker"], panel.values, chosen)
                if dots_of is go.Scatter:
                    dots["cliponaxis"] = False  # a dot at the edge is drawn whole
                figure.add_trace(dots_of(dots, showlegend=column == 1), row=1, col=column)
                names.append(medoid_label(panel.points[chosen], name, colour) | axes_of(column))
        x_range, y_range = square_range(panel.points)
        if prior and panel.origin is not None:
            circles, words = _prior(panel.origin, x_range[1] - x_range[0])
            for circle in circles:
                figure.add_shape(**circle, row=1, col=column)
            names.append(words | axes_of(column))
        figure.update_xaxes(title_text=panel.axes[0], range=x_range, row=1, col=column)
        figure.update_yaxes(title_text=panel.axes[1], range=y_range, row=1, col=column, title_standoff=0)
    add_annotations(figure, names)
    figure.update_xaxes(gridcolor=GRID, zeroline=True, zerolinecolor=GRID)
    figure.update_yaxes(gridcolor=GRID, zeroline=True, zerolinecolor=GRID)
    figure.update_annotations(selector=lambda a: a.yref == "paper", font_size=14)
    if scale is not None:
        bar = {"title": {"text": scale.name, "side": "right"}, "thickness": 12}
        axis = {"cmin": scale.low, "cmax": scale.high, "colorscale": list(RAMP), "colorbar": bar}
        figure.update_layout(coloraxis=axis)
    return classes_below(framed(figure, 520, top=TITLED, uirevision="latent maps"))


def classes_below(figure: go.Figure) -> go.Figure:
    """Put the legend of the classes below the axes of a figure, whose margins stay as they are, and return it."""
    # Margins that follow the axes' labels would have the browser draw everything twice; those of the legend it needs.
    figure.update_xaxes(automargin=False)
    figure.update_yaxes(automargin=False)
    # Below such axes only a place in heights of the plot leaves room for their numbers.
    legend = {"title": "Class", "itemsizing": "constant", "orientation": "h", "y": -0.14}
    return figure.update_layout(legend=legend, margin_l=LABELLED)


def _prior(origin: tuple[float, float], width: float) -> tuple[list[dict[str, object]], dict[str, object]]:
    """Return shapes for the prior's circles around the place of z = 0 on a map of some width, and an annotation."""
    (x, y), least = origin, 0.03 * width
    radii = (1.0, 2.0) if least < 2 else (least,)
    # Black on white is seen on dots of every colour, in both themes.
    lines = [{"color": "white", "width": 5}, {"color": "black", "width": 2, "dash": "dash" if least < 2 else "solid"}]
    circles: list[dict[str, object]] = [
        {"type": "circle", "x0": x - r, "x1": x + r, "y0": y - r, "y1": y + r, "line": line}
        for r in radii
        for line in lines
    ]
    edge = max(radii) / 2**0.5
    arrow = {"ax": -60, "ay": 45, "arrowwidth": 2, "arrowcolor": "black", "standoff": 2}
    box = {"bgcolor": "white", "bordercolor": "black", "borderpad": 3, "font": {"color": "black", "size": 12}}
    return circles, {"x": x + edge, "y": y - edge, "text": "samples are drawn here"} | arrow | box


def _dots(points: np.ndarray, indices: np.ndarray, label: int, name: str) -> dict[str, Any]:
    """Return the trace of the codes (N, 2) of one class, whose images have these indices."""
    x, y = points.T
    colour, symbol = PALETTE[label % len(PALETTE)], _MARKS[label // len(PALETTE) % len(_MARKS)]
    return {
        "x": x,
        "y": y,
        "mode": "markers",
        "marker": {"size": 4, "opacity": 0.7, "color": colour, "symbol": symbol},
        "name": name,
        "legendgroup": name,
        "customdata": indices,
        "hovertemplate": f"{name}, test image %{{customdata}}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
    }


def _shade(marker: dict[str, Any], values: np.ndarray | None, chosen: np.ndarray) -> None:
    """Colour the dots of one class by their values, on the scale of the figure."""
    marker |= {"color": UNKNOWN} if values is None else {"color": values[chosen], "coloraxis": "coloraxis"}


def axes_of(column: int) -> dict[str, object]:
    """Return the axes that an annotation names to stand on the panel in this column, counted from 1."""
    number = "" if column == 1 else str(column)
    return {"xref": f"x{number}", "yref": f"y{number}"}


def add_annotations(figure: go.Figure, annotations: Sequence[dict[str, object]]) -> None:
    """Add annotations all at once, and not by `update`, which looks through every property of all."""
    figure.layout.annotations = [*figure.layout.annotations, *annotations]


def widen(figure: go.Figure, points: np.ndarray, column: int) -> None:
    """Widen the ranges of the panel in this column, counted from 1, to hold points (N, 2) with some room."""
    for select, values in zip((figure.select_xaxes, figure.select_yaxes), points.T, strict=True):
        (axis,) = select(row=1, col=column)
        low, high = axis.range
        room = 0.05 * (high - low)
        axis.range = [min(low, float(values.min()) - room), max(high, float(values.max()) + room)]


def square_range(points: np.ndarray) -> tuple[list[float], list[float]]:
    """Return ranges of x and y, equally long, that hold nearly all points (N, 2) with some room."""
    centre, half = square(points)
    return ([float(centre[0] - half), float(centre[0] + half)], [float(centre[1] - half), float(centre[1] + half)])


def medoid_label(points: np.ndarray, name: str, colour: str) -> dict[str, object]:
    """Return a label with a class's name on its colour, at the one of its points (N, 2) nearest to their median."""
    medoid = points[np.square(points - np.median(points, axis=0)).sum(1).argmin()]
    return {
        "x": float(medoid[0]),
        "y": float(medoid[1]),
        "text": f"<b>{name}</b>",
        "showarrow": False,
        "font": {"color": "white", "size": 13},
        "bgcolor": colour,
        "borderpad": 2,
        "opacity": 0.85,
    }


def add_path(figure: go.Figure, points: np.ndarray, stops: Sequence[str], column: int) -> None:
    """Draw a path (N, 2) with named stops on a panel of `latent_maps`, and widen the panel to hold it."""
    colour = "#111111"
    for line in ({"color": "white", "width": 5}, {"color": colour, "width": 2.5}):
        figure.add_trace(
            go.Scatter(x=points[:, 0], y=points[:, 1], mode="lines", line=line, showlegend=False, hoverinfo="skip"),
            row=1,
            col=column,
        )
    steps = (len(points) - 1) // (len(stops) - 1)
    # The stops are annotations, so that they are drawn above the names of the classes.
    marks = [
        {
            "x": x,
            "y": y,
            "text": f"<b>{name}</b>",
            "showarrow": False,
            "font": {"color": colour, "size": 13},
            "bgcolor": "white",
            "bordercolor": colour,
            "borderwidth": 2,
            "borderpad": 3,
        }
        for name, (x, y) in zip(stops, points[::steps].tolist(), strict=True)
    ]
    widen(figure, points, column)
    make_room(figure, points[::steps], column)
    add_annotations(figure, [mark | axes_of(column) for mark in marks])


def make_room(figure: go.Figure, places: np.ndarray, column: int) -> None:
    """Move names of classes that would cover one of the places (N, 2) on a panel aside, away from the nearest place."""
    axes = axes_of(column)
    (axis,) = figure.select_xaxes(row=1, col=column)
    least = CLEAR * (axis.range[1] - axis.range[0])
    for note in figure.layout.annotations:
        if note.xref != axes["xref"] or note.yref != axes["yref"] or not _names_a_class(note):
            continue
        away = np.array([note.x, note.y]) - places
        distances = np.linalg.norm(away, axis=1)
        nearest = distances.argmin()
        if distances[nearest] < least:
            direction = away[nearest] / distances[nearest] if distances[nearest] else np.array([0.0, -1.0])
            note.x, note.y = (places[nearest] + least * direction).tolist()


def _names_a_class(note: go.layout.Annotation) -> bool:
    return note.showarrow is False and note.bgcolor is not None and note.bordercolor is None


@dataclass(frozen=True, eq=False)
class Mark:
    """The place of an image on one of the maps, and the places of the codes nearest to its own in the latent space."""

    place: np.ndarray  # (2,)
    neighbours: np.ndarray  # (K, 2)


def mark(figure: go.Figure, marks: Sequence[Mark], name: str) -> go.Figure:
    """Draw a star, and rings around its neighbours, on each of a figure's maps, and widen these to hold the star."""
    rings = {"size": 10, "color": "rgba(0, 0, 0, 0)", "line": {"width": 1.5, "color": "#888888"}}
    star = {"size": 20, "symbol": "star", "color": "#FFD500", "line": {"width": 1.5, "color": "#000000"}}
    for column, one in enumerate(marks, start=1):
        ringed = f"the {len(one.neighbours)} nearest codes"
        for points, marker, title in ((one.neighbours, rings, ringed), (one.place[None], star, name)):
            x, y = points.T
            trace = go.Scatter(x=x, y=y, mode="markers", marker=marker, name=title, legendgroup=title, cliponaxis=False)
            trace.update(showlegend=column == 1, hoverinfo="skip" if marker is rings else None)
            trace.update(hovertemplate=None if marker is rings else name + "<br>(%{x:.2f}, %{y:.2f})<extra></extra>")
            figure.add_trace(trace, row=1, col=column)
        widen(figure, one.place[None], column)
        make_room(figure, one.place[None], column)
        # The words stand towards the middle of the panel, where there is room for them.
        (x_axis,), (y_axis,) = figure.select_xaxes(row=1, col=column), figure.select_yaxes(row=1, col=column)
        right, up = (value < sum(a.range) / 2 for value, a in zip(one.place, (x_axis, y_axis), strict=True))
        aside = {"ax": 36 if right else -36, "ay": -36 if up else 36}
        words = {"text": name, "bgcolor": "#FFD500", "font": {"color": "#000000"}} | aside
        arrow = {"arrowwidth": 2, "arrowcolor": "#888888"}  # visible in the light and the dark theme
        figure.add_annotation(x=one.place[0], y=one.place[1], **words, **arrow, row=1, col=column)
    return figure
