"""Align one map with another: by Procrustes for any two maps, by the signs of the axes for PCA."""

from dataclasses import replace

import numpy as np

from vae.explore.projection import Projection


def align(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Turn points (N, 2), and mirror them where that helps, to lie as near as possible to `onto` (M, 2): float32.

    Rows of the same number are paired, as far as both go. The mean of the points and all distances between them stay
    the same (orthogonal Procrustes: Schönemann 1966).
    """
    centre = points.mean(0)
    return ((points - centre) @ turning(points, onto) + centre).astype(np.float32)


def turning(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Compute the rotation or mirroring (2, 2) by which `align` multiplies centred points from the right."""
    count = min(len(points), len(onto))
    left, _, right = np.linalg.svd((points[:count] - points[:count].mean(0)).T @ (onto[:count] - onto[:count].mean(0)))
    return left @ right


def align_axes(projection: Projection, onto: np.ndarray, by: np.ndarray | None = None) -> Projection:
    """Flip the axes of a PCA so that its points correlate positively with `onto` (M, 2) along both.

    Rows of the same number are paired, as far as both go. Nothing but signs changes, since a principal direction is
    defined only up to its sign.

    Args:
        by: points along the same axes that decide the signs in the place of the projection's own.
    """
    assert projection.directions is not None
    deciding = projection.points if by is None else by
    count = min(len(deciding), len(onto))
    points = deciding[:count] - deciding[:count].mean(0)
    signs = np.where((points * (onto[:count] - onto[:count].mean(0))).sum(0) < 0, -1, 1).astype(np.float32)
    return replace(projection, points=projection.points * signs, directions=projection.directions * signs[:, None])
