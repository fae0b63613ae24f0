"""The ground of a picture, place by place: paper under a shadow, a board under a lamp; and the picture's noise."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

COARSE = 96  # pixels along the longer side, on which the ground is found
WINDOW = 1 / 8  # share of the longer side over which the ground is a median: what is narrower than half of it is none
APART = 0.05  # of the range from black to white; what is further from a smooth ground may be ink
ROUNDS = 2  # of finding the ground from what is not ink, and what is not ink from the ground
WIDTHS = np.geomspace(0.4, 0.05, 12)  # of the range from black to white, from first to last fit


class Ground(NamedTuple):
    """The darkest and the lightest that a picture's ground may be at every place, float32 (height, width)."""

    darkest: np.ndarray
    lightest: np.ndarray


def grounds(grey: np.ndarray) -> Iterator[Ground]:
    """Find what may be the ground of a picture, float32 (height, width) in [0, 1]: two guesses.

    Each begins with a quadratic surface that much of the picture lies on, which takes away a shadow that grows slowly:
    first as if all ground were one, then as if some of it were another, a desk around the paper or a shadow with an
    edge. What is far from the surface may be ink, however large: it is replaced by the nearest ground, and a median
    then follows what is left, edges too. The darkest and the lightest are the least and the greatest median nearby, so
    that a step of the ground is ink on neither side of it.
    """
    height, width = grey.shape
    scale = min(1.0, COARSE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    coarse = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))
    for only_one in (True, False):
        yield _followed(coarse, smooth_surface(coarse, only_one=only_one), (width, height))


def _followed(coarse: np.ndarray, ground: np.ndarray, size: tuple[int, int]) -> Ground:
    """Follow the ground of a coarse picture, starting from a surface, and enlarge it to (width, height)."""
    from scipy import ndimage

    window = max(3, round(max(coarse.shape) * WINDOW))
    for _ in range(ROUNDS):
        apart = np.abs(coarse - ground)
        # Four standard deviations of normal noise; but where much of the picture is ink, half of what ink differs by.
        least = min(4 * 1.4826 * float(np.median(apart)), float(np.percentile(apart, 99)) / 2)
        far = ndimage.binary_dilation(apart > max(APART, least))
        if far.all():
            break
        nearest = ndimage.distance_transform_edt(far, return_distances=False, return_indices=True)
        ground = ndimage.median_filter(coarse[tuple(nearest)], window, mode="nearest")
    both = (ndimage.minimum_filter(ground, 3), ndimage.maximum_filter(ground, 3))
    return Ground(*(np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BILINEAR)) for each in both))


def smooth_surface(values: np.ndarray, *, only_one: bool) -> np.ndarray:
    """Fit a quadratic surface to values (height, width), up to nearly half of which may lie anywhere.

    It is fitted by reweighted least squares: with `only_one` to the values near their median, nearer from fit to fit
    (the Geman-McClure loss with a width that shrinks), else with the least sum of absolute distances from all.
    """
    y, x = (np.linspace(-1, 1, side) for side in values.shape)
    down, across = (part.ravel() for part in np.meshgrid(y, x, indexing="ij"))
    basis = np.stack([np.ones_like(across), across, down, across**2, down**2, across * down], 1)  # (pixels, 6)
    target = values.ravel().astype(np.float64)
    fitted = np.full_like(target, np.median(target))
    for width in WIDTHS:
        away = target - fitted
        weights = (1 + (away / width) ** 2) ** -2 if only_one else 1 / np.maximum(np.abs(away), 0.01)
        weighted = basis * weights[:, None]
        fitted = basis @ np.linalg.lstsq(weighted.T @ basis, weighted.T @ target, rcond=None)[0]
    return fitted.reshape(values.shape).astype(np.float32)


def noise_deviation(grey: np.ndarray) -> float:
    """Estimate the standard deviation of a picture's noise, on the scale of its values.

    It is the median absolute response to the difference of two Laplacians, which is blind to edges and slopes
    (Immerkær 1996), over 0.6745 × 6, that of normal noise of deviation 1.
    """
    from scipy import ndimage

    if min(grey.shape) < 3:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    response = ndimage.convolve(grey, kernel)[1:-1, 1:-1]
    return float(np.median(np.abs(response))) / (0.6745 * 6)
