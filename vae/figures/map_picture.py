"""A small picture of a map whose points still move: dots by class, drawn in milliseconds for any number of points."""

import numpy as np

from vae.explore.projection import bulk
from vae.figures.style import PALETTE

_COLOURS = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in PALETTE], np.uint8)
_EMPTY = 255


def map_picture(points: np.ndarray, labels: np.ndarray, side: int) -> np.ndarray:
    """Draw points (N, 2) in their classes' colours, labels (N,), as dots of 2 × 2 pixels: uint8 (side, side, 3).

    The outermost few points may lie outside, and where dots overlap the last one is seen, as on a chart.
    """
    low, high = bulk(points)
    scale = 0.9 * side / (float((high - low).max()) or 1.0)
    columns, rows = np.round((points - (low + high) / 2) * scale + side / 2).astype(int).T
    inside = (columns >= 0) & (columns < side - 1) & (rows >= 1) & (rows < side)
    picture = np.full((side, side, 3), _EMPTY, np.uint8)
    colours = _COLOURS[labels[inside] % len(PALETTE)]
    for right in (0, 1):
        for down in (0, 1):
            picture[side - 1 - rows[inside] + down, columns[inside] + right] = colours
    return picture
