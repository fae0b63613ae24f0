"""Plotly figures and tiled pictures, as pure functions of arrays and tables."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from PIL import Image
from plotly.subplots import make_subplots

# Told apart by colour-blind people on white and on black; Paul Tol's bright scheme, extended.
PALETTE = (
    *("#4477AA", "#EE6677", "#228833", "#B8A000", "#33A6C8"),
    *("#AA3377", "#8C8C8C", "#7A6BD1", "#EE7733", "#009988"),
)
_MARKS = ("circle", "diamond", "square")  # a second and third set of ten classes
GRID = "rgba(128, 128, 128, 0.2)"


@dataclass(frozen=True, eq=False)
class Panel:
    """One of the latent maps of a figure."""

    title: str
    points: np.ndarray  # (N, 2)
    labels: np.ndarray  # (N,) int
    axes: tuple[str, str]


def latent_maps(panels: Sequence[Panel], class_names: Sequence[str], *, prior: bool = False) -> go.Figure:
    """Scatter plots side by side with one legend, whose entries show and hide a class in all of them.

    A class's name stands at its medoid, so that no reader depends on colour. Each panel fills its own
    range. `prior` draws the 1σ and 2σ circles of N(0, I), which is meant for codes shown
    as they are.
    """
    figure = make_subplots(1, len(panels), subplot_titles=[p.title for p in panels], horizontal_spacing=0.08)
    names: list[dict[str, object]] = []
    for column, panel in enumerate(panels, start=1):
        for label, name in enumerate(class_names):
            chosen = np.flatnonzero(panel.labels == label)
            if not len(chosen):
                continue
            x, y = panel.points[chosen].T
            colour = PALETTE[label % len(PALETTE)]
            figure.add_trace(
                go.Scattergl(
                    x=x,
                    y=y,
                    mode="markers",
                    marker={"size": 4, "opacity": 0.7, "color": colour, "symbol": _MARKS[label // len(PALETTE) % 3]},
                    name=name,
                    legendgroup=name,
                    showlegend=column == 1,
                    customdata=chosen,
                    hovertemplate=f"{name}, test image %{{customdata}}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
                ),
                row=1,
                col=column,
            )
            names.append(medoid_label(panel.points[chosen], name, colour) | axes_of(column))
        for radius in (1, 2) if prior else ():
            circle = {"type": "circle", "x0": -radius, "x1": radius, "y0": -radius, "y1": radius}
            figure.add_shape(**circle, line={"color": "#999999", "width": 2.5, "dash": "dash"}, row=1, col=column)
        x_range, y_range = square_range(panel.points)
        figure.update_xaxes(title_text=panel.axes[0], range=x_range, row=1, col=column)
        figure.update_yaxes(title_text=panel.axes[1], range=y_range, row=1, col=column, title_standoff=0)
    add_annotations(figure, names)
    figure.update_xaxes(gridcolor=GRID, zeroline=True, zerolinecolor=GRID)
    figure.update_yaxes(gridcolor=GRID, zeroline=True, zerolinecolor=GRID)
    figure.update_annotations(selector=lambda a: a.yref == "paper", font_size=14)
    figure.update_layout(
        height=520,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        legend={"title": "Class", "itemsizing": "constant", "orientation": "h", "y": -0.14},
        uirevision="latent maps",
    )
    return figure


def axes_of(column: int) -> dict[str, object]:
    """What an annotation of a panel in this column, counted from 1, names as its axes."""
    number = "" if column == 1 else str(column)
    return {"xref": f"x{number}", "yref": f"y{number}"}


def add_annotations(figure: go.Figure, annotations: Sequence[dict[str, object]]) -> None:
    """Add them all at once: plotly checks every annotation again that is there when one is added."""
    figure.update_layout(annotations=[*figure.layout.annotations, *annotations])


def widen(figure: go.Figure, points: np.ndarray, column: int) -> None:
    """Let the ranges of a panel in this column, counted from 1, grow to hold points (N, 2) with some room."""
    for select, values in zip((figure.select_xaxes, figure.select_yaxes), points.T, strict=True):
        (axis,) = select(row=1, col=column)
        low, high = axis.range
        room = 0.05 * (high - low)
        axis.range = [min(low, float(values.min()) - room), max(high, float(values.max()) + room)]


def square_range(points: np.ndarray) -> tuple[list[float], list[float]]:
    # The outermost half per cent on each side would otherwise decide how small the rest is drawn.
    low, high = np.percentile(points, [0.5, 99.5], axis=0)
    centre, half = (low + high) / 2, 0.55 * float((high - low).max()) or 1.0
    return ([float(centre[0] - half), float(centre[0] + half)], [float(centre[1] - half), float(centre[1] + half)])


def medoid_label(points: np.ndarray, name: str, colour: str) -> dict[str, object]:
    """The class's name on its colour at the point nearest to the median of all of its points."""
    medoid = points[np.square(points - np.median(points, axis=0)).sum(1).argmin()]
    return {
        "x": float(medoid[0]),
        "y": float(medoid[1]),
        "text": f"<b>{name}</b>",
        "showarrow": False,
        "font": {"color": "white", "size": 13},
        "bgcolor": colour,
        "borderpad": 2,
        "opacity": 0.9,
    }


def tile(images: np.ndarray, columns: int, *, scale: int = 3, gap: int = 1) -> np.ndarray:
    """Images uint8 (N, C, H, W) → one picture (…, …) or (…, …, 3), `columns` a row, pixels repeated `scale` times."""
    count, channels, height, width = images.shape
    rows = -(-count // columns)
    canvas = np.full((rows * columns, channels, height + gap, width + gap), 110, np.uint8)
    canvas[:count, :, :height, :width] = images
    canvas[count:, :, :height, :width] = 0
    grid = canvas.reshape(rows, columns, channels, height + gap, width + gap).transpose(0, 3, 1, 4, 2)
    picture = grid.reshape(rows * (height + gap), columns * (width + gap), channels)[: -gap or None, : -gap or None]
    picture = picture.repeat(scale, axis=0).repeat(scale, axis=1)
    return picture[..., 0] if channels == 1 else picture


def image_rows(
    rows: Mapping[str, np.ndarray],
    captions: Mapping[str, Sequence[str]],
    *,
    columns: int = 0,
    margin: float = 1.3,
    side: int = 74,
) -> go.Figure:
    """Rows of images (each uint8 (N, C, H, W)) under one another, named at the left, with a line of text under each.

    Args:
        columns: how many images there is room for at least, so that few are not drawn in the middle.
        margin: room for the names, in widths of an image.
        side: of an image in a window that is wide enough, in pixels.
    """
    count = len(next(iter(rows.values())))
    pictures: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    top = 0.0
    for name, images in rows.items():
        place = {"y": -top, "sizex": 0.94, "sizey": 0.94, "xref": "x", "yref": "y", "sizing": "stretch"}
        for column, image in enumerate(images):
            pictures.append({"source": data_uri(image.transpose(1, 2, 0).squeeze()), "x": column + 0.03} | place)
        lines = captions.get(name)
        texts.append({"x": -0.1, "y": -top - 0.47, "text": name, "xanchor": "right", "align": "right"})
        for column, line in enumerate(lines or ()):
            texts.append({"x": column + 0.5, "y": -top - 1.1, "text": line, "font": {"size": 11}, "yanchor": "middle"})
        top += 1.3 if lines else 1.05
    # All at once: plotly checks every image again that is there when one is added.
    figure = go.Figure(layout={"images": pictures, "annotations": [text | {"showarrow": False} for text in texts]})
    figure.update_xaxes(visible=False, range=[-margin, max(count, columns)], fixedrange=True)
    figure.update_yaxes(
        visible=False, range=[-top, 0.05], fixedrange=True, scaleanchor="x", constrain="domain", constraintoward="top"
    )
    figure.update_layout(height=int(side * top) + 15, margin={"l": 0, "r": 0, "t": 5, "b": 5})
    return figure


def data_uri(picture: np.ndarray, scale: int = 3) -> str:
    """A picture uint8 (H, W) or (H, W, 3) as a PNG file, its pixels repeated `scale` times."""
    buffer = io.BytesIO()
    # Browsers smooth what they enlarge; pixels are what these pictures are about.
    Image.fromarray(picture.repeat(scale, axis=0).repeat(scale, axis=1)).save(buffer, format="PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def loss_curves(
    histories: Mapping[str, pd.DataFrame], titles: Mapping[str, str] | None = None, *, height: int = 420
) -> go.Figure:
    """Losses over epochs: test losses as lines, training losses dotted.

    Args:
        titles: of the panels, by the loss's name in the histories' columns; by default reconstruction and KL apart
            and, where a run has a classifier, its cross-entropy beside them.
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
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        legend={"orientation": "h", "y": -0.22},
        hovermode="closest",
    )
    return figure


def _loss_titles(histories: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    titles = {"reconstruction": "Reconstruction, nats per image", "kl": "KL, nats per image"}
    if any("test_cross_entropy" in history and history["test_cross_entropy"].any() for history in histories.values()):
        titles["cross_entropy"] = "Classifier's cross-entropy, nats per image"
    return titles


def kl_bars(kl: np.ndarray) -> go.Figure:
    """KL of every latent dimension (D,), nats per image, the largest first: how much each says about an image."""
    order = np.argsort(-kl, kind="stable")
    names = [f"z{index + 1}" for index in order]
    figure = go.Figure(go.Bar(x=names, y=kl[order], marker={"color": PALETTE[0]}))
    figure.update_traces(hovertemplate="%{x}: %{y:.2f} nats<extra></extra>")
    figure.update_xaxes(title_text="latent dimension, by KL", type="category")
    figure.update_yaxes(title_text="KL, nats per image", gridcolor=GRID, rangemode="tozero")
    figure.update_layout(height=360, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure


def progress_curve(history: pd.DataFrame) -> go.Figure:
    """Test reconstruction and KL of one run over epochs, small enough for the sidebar."""
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


def film(frames: np.ndarray, epochs: Sequence[float], label: str, prefix: str = "epoch ") -> go.Figure:
    """The samples of every epoch (epochs, H, N·W[, 3]) as a film with a play button and a slider, in the browser alone.

    A frame's images stand in rows of eight, or of five where their number is not a multiple of eight.
    """
    pictures = [data_uri(_wrap(frame)) for frame in frames]
    height, width = _wrap(frames[0]).shape[:2]
    steps = [
        {"args": [[str(i)], {"mode": "immediate", "frame": {"duration": 0, "redraw": True}}], "label": f"{epoch:g}"}
        | {"method": "animate"}
        for i, epoch in enumerate(epochs)
    ]
    last = len(frames) - 1
    # Images of the layout: those of traces are drawn one frame late.
    place = {"xref": "x", "yref": "y", "x": -0.5, "y": -0.5, "sizex": width, "sizey": height, "sizing": "stretch"}
    layouts = [{"images": [{"source": picture, **place}]} for picture in pictures]
    figure = go.Figure(
        data=[go.Scatter(x=[None], y=[None], showlegend=False)],
        layout=layouts[last],
        frames=[go.Frame(layout=layout, name=str(i)) for i, layout in enumerate(layouts)],
    )
    figure.update_xaxes(visible=False, range=[-0.5, width - 0.5], fixedrange=True, constrain="domain")
    figure.update_yaxes(visible=False, range=[height - 0.5, -0.5], fixedrange=True, scaleanchor="x")
    play = {"frame": {"duration": 250, "redraw": True}, "fromcurrent": False, "transition": {"duration": 0}}
    stop = {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}
    figure.update_layout(
        title={"text": label, "font": {"size": 15}},
        height=330,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        sliders=[
            {
                "steps": steps,
                "active": last,
                "x": 0.2,
                "len": 0.8,
                "currentvalue": {"prefix": prefix, "xanchor": "right"},
            }
        ],
        updatemenus=[
            {
                "type": "buttons",
                "showactive": False,  # the colour of a pressed button hides its text in the dark theme
                "direction": "right",
                "x": 0.0,
                "xanchor": "left",
                "y": -0.05,
                "yanchor": "top",
                "buttons": [
                    {"label": "▶ Play", "method": "animate", "args": [None, play]},
                    {"label": "❚❚ Pause", "method": "animate", "args": [[None], stop]},
                ],
            }
        ],
    )
    return figure


def _wrap(frame: np.ndarray) -> np.ndarray:
    """One row of N images side by side → rows of eight or five."""
    height = frame.shape[0]
    count = frame.shape[1] // height
    columns = next((c for c in (8, 5) if count % c == 0), count)
    rows = np.split(frame, count // columns, axis=1)
    return np.concatenate(rows)
