"""The connected pieces of ink in a picture, and which of them make up the one thing drawn in it."""

from typing import NamedTuple

import numpy as np

SMALLEST = 0.04  # share of the picture's longer side; what is smaller is a speck, if anything larger is there
MARGIN = 0.04  # share of the picture's longer side along its edge in which a scan's own edge lies
PART = 0.03  # share of the largest piece's ink from which another piece near it belongs to the same thing
NEAR = 0.25  # share of the longer side of the thing: a piece further away is another thing


class Piece(NamedTuple):
    """A connected piece of ink."""

    number: int  # its label
    weight: float  # the sum of its ink
    inside: float  # the sum of its ink that is further from the picture's edge than `MARGIN`
    top: int
    bottom: int  # exclusive, like `right`
    left: int
    right: int
    at_edge: bool  # whether it touches the picture's edge


def find_pieces(ink: np.ndarray, weak: np.ndarray, strong: np.ndarray) -> tuple[np.ndarray, list[Piece]]:
    """Label the connected pieces of weak ink, int (height, width), 0 elsewhere; return those that are strong somewhere.

    `ink` is what is summed in a piece; `weak` and `strong` are masks of the same shape.
    """
    from scipy import ndimage

    labels, count = ndimage.label(weak, np.ones((3, 3)))
    numbers = np.flatnonzero(np.bincount(labels[strong], minlength=count + 1))
    height, width = ink.shape
    margin = round(MARGIN * max(height, width))
    middle = np.s_[margin : max(margin, height - margin), margin : max(margin, width - margin)]
    sums, inside = (np.bincount(labels[part].ravel(), ink[part].ravel(), count + 1) for part in (np.s_[:, :], middle))
    boxes = ndimage.find_objects(labels)
    pieces = []
    for number in numbers[numbers > 0].tolist():
        rows, columns = boxes[number - 1]
        at_edge = rows.start == 0 or columns.start == 0 or rows.stop == height or columns.stop == width
        place = (rows.start, rows.stop, columns.start, columns.stop)
        pieces.append(Piece(number, float(sums[number]), float(inside[number]), *place, at_edge))
    return labels, pieces


def side(pieces: list[Piece]) -> int:
    """Return the longer side of the smallest box that holds all of the pieces."""
    tall = max(piece.bottom for piece in pieces) - min(piece.top for piece in pieces)
    wide = max(piece.right for piece in pieces) - min(piece.left for piece in pieces)
    return max(tall, wide)


def is_speck(piece: Piece, longer: int) -> bool:
    """Return whether a piece is too small to be drawn in a picture whose longer side is `longer`."""
    return side([piece]) < SMALLEST * longer


def largest(pieces: list[Piece], longer: int) -> Piece:
    """Return the piece with the most ink: one that is neither speck nor at the picture's edge, if there is any."""
    large = [piece for piece in pieces if not is_speck(piece, longer)]
    apart = [piece for piece in large if not piece.at_edge]
    return max(apart or large or pieces, key=lambda piece: (piece.inside, piece.weight))


def together(first: Piece, pieces: list[Piece]) -> list[Piece]:
    """Return a piece and all others that belong to the same thing: those with enough ink, and near enough to it."""
    thing = [first]
    rest = [p for p in pieces if p.weight >= PART * first.weight and p.at_edge == first.at_edge and p != first]
    while True:
        top, bottom = min(p.top for p in thing), max(p.bottom for p in thing)
        left, right = min(p.left for p in thing), max(p.right for p in thing)
        near = NEAR * side(thing)
        more = [p for p in rest if max(p.left - right, left - p.right, p.top - bottom, top - p.bottom) <= near]
        if not more:
            return thing
        thing += more
        rest = [p for p in rest if p not in more]
