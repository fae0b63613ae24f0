"""Turn one map onto another: Procrustes for any two maps, order and signs of axes for PCA."""

from dataclasses import replace

import numpy as np
from scipy.linalg import orthogonal_procrustes

from vae.explore.projection import Projection


def align(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Turn points (N, 2), and mirror them where that helps, to lie as near as possible to `onto` (M, 2): float32.

    Equal rows belong together; the mean and all distances stay (orthogonal Procrustes: Schönemann 1966).
    """
    centre = points.mean(0)
    return ((points - centre) @ turning(points, onto) + centre).astype(np.float32)


def turning(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Compute the rotation or mirroring (2, 2) of `align`, by which points are multiplied from the right."""

    count = min(len(points), len(onto))
    turn, _ = orthogonal_procrustes(points[:count] - points[:count].mean(0), onto[:count] - onto[:count].mean(0))
    return turn


def align_axes(projection: Projection, onto: np.ndarray) -> Projection:
    """Flip the axes of a PCA so that its points correlate positively along both with `onto` (M, 2), over equal rows.

    A principal direction is one up to its sign, which is all that changes.
    """
    assert projection.directions is not None
    count = min(len(projection.points), len(onto))
    points = projection.points[:count] - projection.points[:count].mean(0)
    signs = np.where((points * (onto[:count] - onto[:count].mean(0))).sum(0) < 0, -1, 1).astype(np.float32)
    return replace(projection, points=projection.points * signs, directions=projection.directions * signs[:, None])
