"""Figures of the tour: the least realistic place of a path, marked on its strip of images and on the latent map."""

import numpy as np
import plotly.graph_objects as go

from vae.figures.maps import add_annotations, axes_of
from vae.figures.style import PALETTE

MARK = PALETTE[8]  # orange, which is never a class's name on a strip of two digits
WORDS = "<b>least realistic</b>"
TOP = 1.86  # of a strip's images
ABOVE = 2.3  # the end of the strip's axis, so that the words stand above all images


def mark_on_strip(figure: go.Figure, place: int, last: int) -> None:
    """Frame the image at a place of a strip whose images stand at the places 0 to `last`, and say what it is."""
    width = 1 / last
    edges = {"x0": (place - 0.5) * width, "x1": (place + 0.5) * width, "y0": 0, "y1": TOP}
    figure.add_shape(type="rect", **edges, line={"color": MARK, "width": 4})
    figure.update_yaxes(range=[0, ABOVE])
    # Words above an image near one end of the strip lean towards its middle.
    aside = "left" if place < last / 4 else "right" if place > 3 * last / 4 else "center"
    x = {"left": edges["x0"], "center": place * width, "right": edges["x1"]}[aside]
    box = {"bgcolor": MARK, "borderpad": 2, "font": {"color": "black", "size": 13}, "showarrow": False}
    where = {"x": x, "y": TOP, "xref": "x", "yref": "y", "xanchor": aside, "yanchor": "bottom"}
    add_annotations(figure, [{"text": WORDS} | where | box])


def mark_on_map(figure: go.Figure, point: np.ndarray, column: int) -> None:
    """Mark the least realistic place of a path on the map in a column, counted from 1."""
    words = {"text": WORDS, "ax": 50, "ay": -50, "bgcolor": MARK, "font": {"color": "black"}}
    arrow = {"arrowwidth": 3, "arrowcolor": MARK, "borderpad": 3}
    add_annotations(figure, [{"x": float(point[0]), "y": float(point[1])} | words | arrow | axes_of(column)])
