"""Paths through a latent space: straight or spherical, through two or more stops, and their length in pixels."""

from itertools import pairwise

import numpy as np

KINDS = ("linear", "spherical")
_ALIKE = 1e-6  # radians; directions with a smaller angle between them count as equal


def linear(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Return codes at equal distances on the straight line from `start` to `end` (D,): float32 (steps + 1, D)."""
    share = np.linspace(0, 1, steps + 1)[:, None]
    return _with_ends((1 - share) * start + share * end, start, end)


def slerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Return codes from `start` to `end` (D,) at equal angles seen from the origin: float32 (steps + 1, D).

    Directions follow the great circle between those of both codes (Shoemake 1985; White 2016), and the norm changes
    evenly from the first code's to the second's. A path between codes of equal norm keeps that norm, while a straight
    line cuts through the middle, where a Gaussian of many dimensions has hardly any z. A straight line joins codes of
    equal direction, and a code at the origin, which has no direction, to any other; one of the half circles between
    them joins opposite codes.
    """
    first, second = start.astype(np.float64), end.astype(np.float64)
    norms = np.linalg.norm(first), np.linalg.norm(second)
    if min(norms) == 0:
        return linear(start, end, steps)
    one, other = first / norms[0], second / norms[1]
    # This formula is precise at every angle, which an arc cosine is not.
    angle = 2 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))
    if angle < _ALIKE:
        return linear(start, end, steps)
    if np.pi - angle < _ALIKE and len(one) == 1:
        return linear(start, end, steps)  # in one dimension there is no circle
    across = _across(one) if np.pi - angle < _ALIKE else other - (other @ one) * one
    across /= np.linalg.norm(across)
    share = np.linspace(0, 1, steps + 1)[:, None]
    directions = np.cos(share * angle) * one + np.sin(share * angle) * across
    return _with_ends(((1 - share) * norms[0] + share * norms[1]) * directions, start, end)


def _across(direction: np.ndarray) -> np.ndarray:
    """Return a direction at right angles to this one, towards the axis on which this one has its smallest component."""
    axis = np.zeros_like(direction)
    axis[np.abs(direction).argmin()] = 1
    return axis - (axis @ direction) * direction


def _with_ends(codes: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    codes[0], codes[-1] = start, end
    return codes.astype(np.float32)


def chain(stops: np.ndarray, steps: int, kind: str) -> np.ndarray:
    """Return a path through all stops (S, D) in order, float32 ((S − 1)·steps + 1, D), with a stop every `steps` codes.

    Raises:
        ValueError: for fewer than two stops, no steps, or an unknown kind.
    """
    if len(stops) < 2 or steps < 1:
        raise ValueError(f"A path needs two stops and one step at least, not {len(stops)} and {steps}.")
    if kind not in KINDS:
        raise ValueError(f"There is no path {kind!r}; choose one of {', '.join(KINDS)}.")
    between = slerp if kind == "spherical" else linear
    parts = [between(start, end, steps)[:-1] for start, end in pairwise(stops)]
    return np.concatenate([*parts, stops[-1:].astype(np.float32)])


def pixel_lengths(images: np.ndarray) -> np.ndarray:
    """Compute the Euclidean distance of each image uint8 (N, C, H, W), scaled to [0, 1], to the next one: (N − 1,)."""
    pixels = images.reshape(len(images), -1).astype(np.float64) / 255
    return np.linalg.norm(np.diff(pixels, axis=0), axis=1)


def read_indices(text: str, count: int, least: int = 2, most: int = 8) -> list[int]:
    """Read `least` to `most` image numbers below `count` from a text, separated by commas, semicolons or spaces.

    Raises:
        ValueError: saying what is wrong, in a sentence for the user.
    """
    words = text.replace(",", " ").replace(";", " ").split()
    wrong = [word for word in words if not (word.isascii() and word.isdigit() and int(word) < count)]
    if wrong:
        raise ValueError(f"“{wrong[0]}” is no number of an image: use whole numbers from 0 to {count - 1:,}.")
    if not least <= len(words) <= most:
        raise ValueError(f"Give {least} to {most} numbers of images, separated by commas, not {len(words)}.")
    return [int(word) for word in words]


def evenly(count: int, most: int) -> list[int]:
    """Return the numbers of all `count` places, or of `most` evenly spaced ones that include the first and the last."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()
