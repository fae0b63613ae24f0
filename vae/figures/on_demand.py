"""Plotly figures of digits on demand: rows of images by the class asked for, and a table of classes asked and read."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from vae.data.to_picture import data_uri, tile
from vae.figures.style import PALETTE, framed

GAP = 2  # pixels between the images of a row
NAMES = 1.6  # room for the names of the rows, in widths of an image
PAGE = 950  # pixels that a figure is wide in a large window
LINE = 0.4  # room for a line of the columns' names, in widths of an image
MISREAD = PALETTE[1]


def class_rows(
    rows: Sequence[np.ndarray],
    names: Sequence[str],
    class_names: Sequence[str],
    read: np.ndarray | None = None,
    beside: Sequence[np.ndarray] | None = None,
    *,
    side: int = 64,
) -> go.Figure:
    """Draw rows of images, each uint8 (classes, C, H, W), under the names of the classes that were asked for.

    Args:
        names: the rows' names, at the left.
        read: int64 (rows, classes), the class read in each image: where it is not the one that was asked for, the image
            is framed and bears the name of the class read.
        beside: for every row, the image (C, H, W) that its style comes from, drawn at the left.
        side: the largest side of an image, in pixels.
    """
    figure = go.Figure()
    left = NAMES if beside is None else NAMES + 1.3
    for row, images in enumerate(rows):
        _place(figure, tile(images, len(images), scale=1, gap=GAP), 0, row, len(images))
        if beside is not None:
            _place(figure, tile(beside[row][None], 1, scale=1, gap=GAP), -1.3, row, 1)
        figure.add_annotation(x=NAMES - left - 0.1, y=row + 0.5, text=names[row], showarrow=False, xanchor="right")
    heads = [_in_lines(name) for name in class_names]
    titles = {column + 0.5: f"<b>{head}</b>" for column, head in enumerate(heads)}
    for x, text in (titles if beside is None else {-0.8: "style of"} | titles).items():
        figure.add_annotation(x=x, y=-0.05, text=text, showarrow=False, yanchor="bottom")
    if read is not None:
        for row, column in np.argwhere(read != np.arange(len(class_names))):
            _mark(figure, int(row), int(column), class_names[read[row, column]])
    side = min(side, int(PAGE / (left + len(class_names))))
    top = LINE * (1 + max(head.count("<br>") for head in heads))
    to_the_left = {"constrain": "domain", "constraintoward": "left"}
    figure.update_xaxes(visible=False, range=[-left, len(class_names)], fixedrange=True, **to_the_left)
    square = {"scaleanchor": "x", "constrain": "domain", "constraintoward": "top"}
    figure.update_yaxes(visible=False, range=[len(rows), -top], fixedrange=True, **square)
    figure.update_layout(height=int(side * (len(rows) + top)) + 10, margin={"l": 0, "r": 0, "t": 5, "b": 5})
    return figure


def _in_lines(name: str) -> str:
    """Return a class's name with each word on a line of its own: `Ankle boot`, `T-shirt/top`."""
    return name.replace(" ", "<br>").replace("/", "/<br>")


def _place(figure: go.Figure, picture: np.ndarray, x: float, y: float, width: float) -> None:
    size = {"sizex": width - 0.06, "sizey": 0.94, "sizing": "stretch", "xref": "x", "yref": "y"}
    figure.add_layout_image(source=data_uri(picture, scale=2), x=x + 0.03, y=y + 0.03, **size)


def _mark(figure: go.Figure, row: int, column: int, name: str) -> None:
    frame = {"color": MISREAD, "width": 2}
    figure.add_shape(type="rect", x0=column, x1=column + 1, y0=row, y1=row + 1, line=frame)
    words = {"font": {"color": "black", "size": 11}, "bgcolor": MISREAD, "borderpad": 1, "showarrow": False}
    figure.add_annotation(
        x=column + 0.98, y=row + 0.97, text=f"<b>{name}</b>", xanchor="right", yanchor="bottom", **words
    )


def asked_table(counts: np.ndarray, class_names: Sequence[str]) -> go.Figure:
    """Draw counts, int (classes, classes), of class a asked for (rows) and class b read (columns), in coloured cells.

    A row's colours are shares of the row; 0 is left blank.
    """
    shares = counts / counts.sum(1, keepdims=True).clip(1)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=list(class_names),
            y=list(class_names),
            text=np.where(counts > 0, counts.astype(str), ""),
            texttemplate="%{text}",
            # The darkest is a mid-tone, on which both black and white numbers can be read.
            colorscale=[[0, "rgba(68, 119, 170, 0)"], [1, "rgba(68, 119, 170, 0.75)"]],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=1,
            ygap=1,
            customdata=counts,
            hovertemplate="asked for %{y}, read as %{x}: %{customdata} images<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="class that the judge reads", type="category", side="top", showgrid=False)
    figure.update_yaxes(title_text="class that was asked for", type="category", autorange="reversed", showgrid=False)
    return framed(figure, max(440, 100 + 20 * len(class_names)))
