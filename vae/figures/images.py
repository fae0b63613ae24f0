"""Figures that show images: named rows, and the film of a training run."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vae.data.to_picture import data_uri
from vae.figures.style import TITLED, framed

LETTER = 5.2  # pixels, about, that a letter of a line under an image takes
NAMED = 7  # pixels, about, that a letter of a row's name takes
PARTED = " · "  # where a line that is wider than its image is parted first
PHONE = 340  # pixels that a figure has on a telephone, where its images shrink and its letters do not
LINES = (1.05, 1.38, 1.6, 1.8)  # height of a row with so many lines of text under its images, in sides of an image
_TAG = re.compile(r"<(?!br>)[^>]+>")


def image_rows(
    rows: Mapping[str, np.ndarray],
    captions: Mapping[str, Sequence[str]],
    *,
    side: int = 74,
    columns: int = 0,
    named: int = 0,
) -> go.Figure:
    """Draw named rows of images, each uint8 (N, C, H, W), under one another, with a line of text under each image.

    The names stand in a margin at the left that has their width, also where a window is so narrow that the images
    shrink.

    Args:
        captions: the lines of text, by the row's name; a row may have none.
        side: the side of an image in a window that is wide enough, in pixels.
        columns: the least number of images for which there is room.
        named: the least number of letters of a name for which there is room, so that figures below each other align.
    """
    count = len(next(iter(rows.values())))
    longest = max(named, *(len(line) for name in rows for line in _TAG.sub("", name).split("<br>")))
    left = 16 + NAMED * longest if longest else 0
    room = min(side, (PHONE - left) / max(count, columns))
    pictures: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    top = 0.0
    beside = {"xref": "paper", "x": 0, "xshift": -8, "xanchor": "right", "align": "right"}
    for name, images in rows.items():
        place = {"y": -top, "sizex": 0.94, "sizey": 0.94, "xref": "x", "yref": "y", "sizing": "contain"}
        for column, image in enumerate(images):
            pictures.append({"source": data_uri(image.transpose(1, 2, 0).squeeze()), "x": column + 0.03} | place)
        lines = _in_lines(captions.get(name, ()), room)
        texts.append({"y": -top - 0.47, "text": name} | beside)
        below = {"y": -top - 0.95, "yshift": -2, "font": {"size": 11}, "yanchor": "top", "borderpad": 0}
        texts += [{"x": column + 0.5, "text": line} | below for column, line in enumerate(lines)]
        top += LINES[min(max((1 + line.count("<br>") for line in lines), default=0), len(LINES) - 1)]
    # They are added all at once, since plotly checks all images that are there again whenever one is added.
    figure = go.Figure(layout={"images": pictures, "annotations": [text | {"showarrow": False} for text in texts]})
    to_the_left = {"constrain": "domain", "constraintoward": "left"}
    figure.update_xaxes(visible=False, range=[0, max(count, columns)], fixedrange=True, **to_the_left)
    figure.update_yaxes(
        visible=False, range=[-top, 0.05], fixedrange=True, scaleanchor="x", constrain="domain", constraintoward="top"
    )
    margin = {"l": left, "r": 0, "t": 5, "b": 5}
    figure.update_layout(height=int(side * top) + 15, margin=margin)
    return figure


def _in_lines(lines: Sequence[str], room: float) -> list[str]:
    """Part a row's lines of text at " · " if one of them needs more than `room` pixels, and then long ones at words."""
    if any(len(line) * LETTER > room and PARTED in line for line in lines):
        lines = [line.replace(PARTED, "<br>") for line in lines]
    return ["<br>".join(_in_words(part, room) for part in line.split("<br>")) for line in lines]


def _in_words(line: str, room: float) -> str:
    """Part a line at its spaces and slashes, so that no part needs more than `room` pixels if that can be."""
    whole = textwrap.wrap(line.replace("/", "/ "), max(1, int(room / LETTER)), break_long_words=False)
    return "<br>".join(part.replace("/ ", "/") for part in whole)


def film(
    frames: np.ndarray, image_width: int, epochs: Sequence[float], label: str, prefix: str = "epoch "
) -> go.Figure:
    """Draw the samples of every epoch (epochs, H, N·W[, 3]) as a film that the browser plays, with buttons and slider.

    The images of a frame stand in rows of eight, or of five where their number is not a multiple of eight, or in one
    row where it is a multiple of neither.
    """
    wrapped = [_wrap(frame, image_width) for frame in frames]
    pictures = [data_uri(frame) for frame in wrapped]
    height, width = wrapped[0].shape[:2]
    # The images belong to the layout, since those of traces are drawn one frame late.
    place = {"xref": "x", "yref": "y", "x": -0.5, "y": -0.5, "sizex": width, "sizey": height, "sizing": "stretch"}
    layouts = [{"images": [{"source": picture, **place}]} for picture in pictures]
    figure = go.Figure(
        data=[go.Scatter(x=[None], y=[None], showlegend=False)],
        layout=layouts[-1],
        frames=[go.Frame(layout=layout, name=str(i)) for i, layout in enumerate(layouts)],
    )
    figure.update_xaxes(visible=False, range=[-0.5, width - 0.5], fixedrange=True, constrain="domain")
    figure.update_yaxes(visible=False, range=[height - 0.5, -0.5], fixedrange=True, scaleanchor="x")
    title = {"text": label, "font": {"size": 15}}
    slider, buttons = _epoch_slider(epochs, prefix), _play_and_pause()
    return framed(figure, 330, top=TITLED, title=title, sliders=[slider], updatemenus=[buttons])


def _epoch_slider(epochs: Sequence[float], prefix: str) -> dict[str, Any]:
    """Return a slider with one step per epoch, set to the last."""
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}}
    return {
        "steps": [
            {"args": [[str(number)], at_once], "label": f"{epoch:g}", "method": "animate"}
            for number, epoch in enumerate(epochs)
        ],
        "active": len(epochs) - 1,
        "x": 0.2,
        "len": 0.8,
        "currentvalue": {"prefix": prefix, "xanchor": "right"},
    }


def _play_and_pause() -> dict[str, Any]:
    play = {"frame": {"duration": 250, "redraw": True}, "fromcurrent": False, "transition": {"duration": 0}}
    stop = {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}
    return {
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


def _wrap(frame: np.ndarray, image_width: int) -> np.ndarray:
    """Arrange one row of N images side by side (H, N·W[, 3]) in rows of eight or five, where N allows."""
    count = frame.shape[1] // image_width
    columns = next((c for c in (8, 5) if count % c == 0), count)
    rows = np.split(frame, count // columns, axis=1)
    return np.concatenate(rows)
