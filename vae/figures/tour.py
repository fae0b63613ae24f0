"""Figures of the tour: the worst place of a path, marked on its strip of images and on the latent map."""

import numpy as np
import plotly.graph_objects as go

from vae.figures.maps import add_annotations, axes_of
from vae.figures.style import PALETTE

WORST = PALETTE[8]  # orange, which is never a class's name on a strip of two digits


def mark_on_strip(figure: go.Figure, place: int, last: int) -> None:
    """Frame the image at a place of a strip whose images stand at the places 0 to `last`, and name it the worst."""
    width = 1 / last
    edges = {"x0": (place - 0.5) * width, "x1": (place + 0.5) * width, "y0": 1.02, "y1": 1.86}
    figure.add_shape(type="rect", **edges, line={"color": WORST, "width": 4})


def mark_on_map(figure: go.Figure, point: np.ndarray, column: int) -> None:
    """Mark the worst place of a path on the map in a column, counted from 1."""
    words = {"text": "<b>worst place</b>", "ax": 50, "ay": -50, "bgcolor": WORST, "font": {"color": "black"}}
    arrow = {"arrowwidth": 3, "arrowcolor": WORST, "borderpad": 3}
    add_annotations(figure, [{"x": float(point[0]), "y": float(point[1])} | words | arrow | axes_of(column)])
