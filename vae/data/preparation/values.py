"""The range of stored values: which value becomes black and which white."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from vae.data.readers.collection import Stored, UnreadableImageError

STRIP = 2**20  # pixels that are looked at as floats at once
TAKEN = 4_096  # values of an image, at most, that percentiles are taken of
BEYOND = 0.1  # per cent of the values at either end that are clipped where the range is not a usual one
# The ranges in which images are usually stored, the narrowest first. Values that reach less than a share `DIM` of a
# range are in another one, since such images would be black.
USUAL = (
    (0.0, 1.0, "Values are 0 to 1: 0 becomes black and 1 white."),
    (-1.0, 1.0, "Values are −1 to 1: −1 becomes black and 1 white."),
    (0.0, 255.0, ""),
)
DIM = 1 / 8


class Values(NamedTuple):
    """The values of one stored image, without alpha."""

    least: float
    most: float
    some: np.ndarray  # float64, random ones


class Range(NamedTuple):
    """The stored values that become 0 and 255, and a sentence on why, empty for bytes as they usually are."""

    low: float
    high: float
    sentence: str


def checked(stored: Stored, name: str = "The image") -> np.ndarray:
    """Return a stored image in its own type as (H, W) or (H, W, C), C = 3 or 4 with alpha last.

    Raises:
        UnreadableImageError: for a shape or a type that no image has, or values that are not finite.
    """
    values = _shaped(stored, name)
    if values.dtype.kind not in "buif":
        raise UnreadableImageError(f"{name} has values of type {values.dtype}; save them as real numbers.")
    if values.dtype.kind == "f" and (wrong := sum(_not_finite(rows) for rows in strips(values))):
        raise UnreadableImageError(f"{name} has {wrong:,} values that are NaN or infinite; replace them, such as by 0.")
    return values


def strips(values: np.ndarray) -> Iterator[np.ndarray]:
    """Yield an image some rows at a time, so that no copy as floats is made of a large one."""
    rows = max(1, STRIP // values.shape[1])
    return (values[top : top + rows] for top in range(0, len(values), rows))


def measure_values(stored: Stored, name: str = "The image") -> Values:
    """Return what `find_range` needs of a stored image.

    Raises:
        UnreadableImageError: as `checked` raises it.
    """
    values = checked(stored, name)
    colours = values[..., :3] if values.ndim == 3 else values
    some = colours.reshape(-1) if colours.size <= TAKEN else _random(colours)
    return Values(float(colours.min()), float(colours.max()), some.astype(np.float64))


def find_range(images: Iterable[Values]) -> Range:
    """Find the range of the values of images, of which there is at least one.

    One of the `USUAL` ranges is taken where the values fill it; others are scaled from their percentiles, so that a
    few hot pixels do not make all the rest black.
    """
    measured = list(images)
    least, most = min(each.least for each in measured), max(each.most for each in measured)
    for low, high, sentence in USUAL:
        # A resized image falls a little below 0, which is no other range.
        fits = low <= least < low * DIM if low < 0 else low - (DIM if high == 1 else 0) <= least
        if fits and low + DIM * (high - low) < most <= high:
            return Range(low, high, sentence)
    if least == most:
        return Range(least, _above(least), "") if least else Range(0.0, 255.0, "")
    low, high = map(float, np.percentile(np.concatenate([each.some for each in measured]), [BEYOND, 100 - BEYOND]))
    if not low < high or not np.isfinite(high):  # all but a few values are the same
        low, high = least, most
    sentence = f"Values reach {_shown(most)}: scaled so that {_shown(low)} becomes black and {_shown(high)} white."
    return Range(low, high, sentence)


def scaled(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Scale values so that `low` becomes 0 and `high` 255, clipped and rounded to uint8 of the same shape."""
    if values.dtype == np.uint8:
        return values if (low, high) == (0, 255) else _scaled(np.arange(256), low, high)[values]
    found = np.empty(values.shape, np.uint8)
    for rows, into in zip(strips(values), strips(found), strict=True):
        into[:] = _scaled(rows, low, high)
    return found


def _scaled(values: np.ndarray, low: float, high: float) -> np.ndarray:
    half = 1.0 if np.isfinite(high - low) else 0.5  # so that no difference overflows
    with np.errstate(over="ignore"):
        shares = (values.astype(np.float64) * half - low * half) / (high * half - low * half)
    return (shares.clip(0, 1) * 255).round().astype(np.uint8)


def _not_finite(values: np.ndarray) -> int:
    with np.errstate(over="ignore"):  # what a double cannot hold counts as infinite
        return int(values.size - np.count_nonzero(np.isfinite(values.astype(np.float64))))


def _random(colours: np.ndarray) -> np.ndarray:
    """Return the values of random pixels, all of which have the same chance."""
    random = np.random.default_rng(0)
    return colours[tuple(random.integers(0, size, TAKEN) for size in colours.shape)]


def _shaped(stored: Stored, name: str) -> np.ndarray:
    if not isinstance(stored, np.ndarray) or not stored.size:
        raise UnreadableImageError(f"{name} holds no pixels; leave it out.")
    if stored.ndim == 3 and stored.shape[2] == 1:
        return stored[..., 0]
    if stored.ndim != 2 and not (stored.ndim == 3 and stored.shape[2] in (3, 4)):
        shape = " × ".join(map(str, stored.shape))
        raise UnreadableImageError(
            f"{name} is {shape}; an image is height × width, with 3 colours or 4 values a pixel at most."
        )
    return stored


def _above(value: float) -> float:
    """Return a value that is clearly above another, so that the other becomes black."""
    return value + max(1.0, abs(value)) if abs(value) < 1e300 else np.finfo(np.float64).max


def _shown(value: float) -> str:
    """Return a value as people write it, such as `4,095` or `0.0312`."""
    shown = f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"
    return (shown if abs(value) < 1e9 else f"{value:.3g}").replace("-", "−")
