"""Paths through a latent space: straight and spherical, through any number of stops; their length; their film."""

from itertools import pairwise

import numpy as np

KINDS = ("linear", "spherical")
_ALIKE = 1e-6  # radians


def linear(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """`steps` + 1 codes at equal distances on the straight line between two (D,): float32 (steps + 1, D)."""
    share = np.linspace(0, 1, steps + 1)[:, None]
    return _with_ends((1 - share) * start + share * end, start, end)


def slerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """`steps` + 1 codes at equal angles seen from the origin: float32 (steps + 1, D).

    Directions follow the great circle between those of both codes (Shoemake 1985; White 2016), and the norm changes
    evenly from one's to the other's, so that codes of one norm keep it, where a straight line cuts through the middle,
    which holds hardly any z of a Gaussian of many dimensions. Codes of one direction, and a code at the origin, which
    has none, are joined by a straight line; opposite ones by one of the half circles between them.
    """
    first, second = start.astype(np.float64), end.astype(np.float64)
    norms = np.linalg.norm(first), np.linalg.norm(second)
    if min(norms) == 0:
        return linear(start, end, steps)
    one, other = first / norms[0], second / norms[1]
    # Both halves of this keep their precision at any angle, which an arc cosine does not.
    angle = 2 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))
    if angle < _ALIKE:
        return linear(start, end, steps)
    if np.pi - angle < _ALIKE and len(one) == 1:
        return linear(start, end, steps)  # a line has no circle
    across = _across(one) if np.pi - angle < _ALIKE else other - (other @ one) * one
    across /= np.linalg.norm(across)
    share = np.linspace(0, 1, steps + 1)[:, None]
    directions = np.cos(share * angle) * one + np.sin(share * angle) * across
    return _with_ends(((1 - share) * norms[0] + share * norms[1]) * directions, start, end)


def _across(direction: np.ndarray) -> np.ndarray:
    """A direction at right angles to this one, along the axis that it has least of."""
    axis = np.zeros_like(direction)
    axis[np.abs(direction).argmin()] = 1
    return axis - (axis @ direction) * direction


def _with_ends(codes: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    codes[0], codes[-1] = start, end
    return codes.astype(np.float32)


def chain(stops: np.ndarray, steps: int, kind: str) -> np.ndarray:
    """A path through all stops (S, D) in their order: float32 ((S − 1)·steps + 1, D), a stop at every `steps`-th place.

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
    """Images uint8 (N, C, H, W) → Euclidean distance of each from the one before, (N − 1,), in pixels from 0 to 1."""
    pixels = images.reshape(len(images), -1).astype(np.float64) / 255
    return np.linalg.norm(np.diff(pixels, axis=0), axis=1)


def read_indices(text: str, count: int, least: int = 2, most: int = 8) -> list[int]:
    """Numbers of images separated by commas or spaces → a list.

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
    """All of `count` places or `most` of them at equal distances, the first and the last among them."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()
