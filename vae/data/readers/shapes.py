"""How the rows of an array are pictures: their height, width and channels, and in which order they stand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isqrt, prod

import numpy as np

from vae.data.picture_file import MOST_PIXELS
from vae.data.readers.arrays import LARGEST_ROW, WINDOW, Array, plain
from vae.data.readers.collection import ReaderError, Stored

CHANNELS = (1, 3, 4)
LEAST_SIDE = 5  # pixels: an array (H, W, 3) is one picture rather than pictures three pixels wide
LEAST_FLAT = 8  # pixels along a side of the smallest picture that a row of numbers is taken for
SAMPLE = 64  # rows that are looked at where numbers alone do not tell the order


@dataclass(frozen=True)
class Form:
    """From a row as it is stored to a picture (H, W), or (H, W, C)."""

    stored: tuple[int, ...]  # the shape to which the row is brought first
    axes: tuple[int, ...]  # of it, in the order (H, W) or (H, W, C)

    def picture(self, row: np.ndarray) -> Stored:
        """Return the picture of one row."""
        found = row.reshape(self.stored).transpose(self.axes)
        return np.ascontiguousarray(plain(found[..., 0] if found.shape[2:] == (1,) else found))

    def pictures(self, array: Array, rows: Sequence[int]) -> Iterator[Stored]:
        """Yield the pictures of rows of an array, which ascend.

        Raises:
            ReaderError: when the file breaks off or is damaged, wherever this shows.
        """
        for row in array.rows(rows):
            yield self.picture(row)

    @property
    def text(self) -> str:
        """The size and colours of the pictures, such as `28 × 28 pixels, grey`."""
        height, width, *channels = (self.stored[axis] for axis in self.axes)
        colours = {1: "grey", 3: "colour", 4: "colour with transparency"}[(channels or [1])[0]]
        return f"{height} × {width} pixels, {colours}"


def form(array: Array) -> Form:
    """Tell how the rows of an array are pictures, from its shape.

    Raises:
        ReaderError: for an array that holds something else; the message says what was found.
    """
    if array.dtype.hasobject:
        raise ReaderError(
            f"{array.name} holds Python objects, which are never unpickled, since that could run any program; save "
            "the images again as one array of numbers."
        )
    if array.dtype.kind not in "biuf":
        raise ReaderError(f"{array.name} holds {array.dtype.name} values; images are arrays of numbers.")
    if 0 in array.shape or not array.shape:
        raise ReaderError(f"{array.name} is empty; its shape is {array.shape}.")
    if array.row_bytes > LARGEST_ROW:
        raise ReaderError(
            f"One image of {array.name} takes {array.row_bytes / 1e6:,.0f} MB, more than can be read; scale the images "
            "down first."
        )
    found = _by_shape(array)
    if (pixels := prod(found.stored[axis] for axis in found.axes[:2])) > MOST_PIXELS:
        raise ReaderError(
            f"One image of {array.name} has {pixels / 1e6:,.0f} million pixels, more than the {MOST_PIXELS / 1e6:.0f} "
            "million that are read; scale the images down first."
        )
    return found


def has_form(array: Array) -> bool:
    """Tell whether the rows of an array may be pictures."""
    try:
        form(array)
    except ReaderError:
        return False
    return True


def _by_shape(array: Array) -> Form:
    row = array.shape[1:]
    if len(row) == 1:
        count = min(array.shape[0], SAMPLE, max(1, WINDOW // array.row_bytes))
        return flat_form(row[0], array.name, lambda: np.stack(list(array.rows(range(count)))))
    if len(row) == 2 and row[1] in CHANNELS and min(array.shape[:2]) >= LEAST_SIDE:
        raise ReaderError(
            f"{array.name} is one picture of {array.shape[0]} × {array.shape[1]} pixels; stack several of the same "
            "size as (N, height, width, channels)."
        )
    if len(row) == 2 and min(row) >= LEAST_SIDE:
        return Form(row, (0, 1))
    if len(row) == 3 and row[2] in CHANNELS and min(row[:2]) >= LEAST_SIDE:
        return Form(row, (0, 1, 2))
    if len(row) == 3 and row[0] in CHANNELS and min(row[1:]) >= LEAST_SIDE:
        return Form(row, (1, 2, 0))
    raise ReaderError(
        f"{array.name} is {_by(array.shape)}, which are no images; save them as (N, height, width), "
        "(N, height, width, channels) or (N, channels, height, width)."
    )


def is_flat(length: int) -> bool:
    """Tell whether a row of so many numbers may be a square picture, grey or in three colours."""
    side, third = isqrt(max(0, length)), isqrt(max(0, length) // 3)
    return (side >= LEAST_FLAT and side**2 == length) or (third >= LEAST_FLAT and 3 * third**2 == length)


def flat_form(length: int, name: str, sample: Callable[[], np.ndarray]) -> Form:
    """Tell how rows of numbers are square pictures: grey, or three colours one after another or in turn.

    `sample` gives a few rows, which decide between the two orders of colours: neighbours in a picture are alike.

    Raises:
        ReaderError: when `length` is the size of no square picture of at least `LEAST_FLAT` pixels a side.
    """
    side = isqrt(length)
    if side >= LEAST_FLAT and side**2 == length:
        return Form((side, side), (0, 1))
    side = isqrt(length // 3)
    if side >= LEAST_FLAT and 3 * side**2 == length:
        found = sample()
        in_turn = _roughness(found.reshape(-1, side, side, 3), 2)
        one_after_another = _roughness(found.reshape(-1, 3, side, side), 3)
        return Form((side, side, 3), (0, 1, 2)) if in_turn < one_after_another else Form((3, side, side), (1, 2, 0))
    what = "one number" if length == 1 else f"{length:,} numbers"
    raise ReaderError(
        f"{name} holds {what} a row, which is no square image of at least {LEAST_FLAT} × {LEAST_FLAT} pixels; save "
        "images as an array (N, height, width)."
    )


def _roughness(values: np.ndarray, axis: int) -> float:
    return float(np.abs(np.diff(values.astype(np.float64), axis=axis)).mean())


def _by(shape: tuple[int, ...]) -> str:
    return "single numbers" if len(shape) == 1 else " × ".join(f"{side:,}" for side in shape) + " numbers"
