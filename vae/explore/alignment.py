"""Turn one map onto another: Procrustes for any two maps, order and signs of axes for PCA."""

from dataclasses import replace

import numpy as np
from scipy.linalg import orthogonal_procrustes

from vae.explore.projection import Projection


def align(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Points (N, 2) turned and, where that helps, mirrored to lie as near as they can to `onto` (M, 2): float32 (N, 2).

    Rows belong together as far as both go; the mean and all distances stay (orthogonal Procrustes: Schönemann 1966).
    """
    centre = points.mean(0)
    return ((points - centre) @ turning(points, onto) + centre).astype(np.float32)


def turning(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The rotation or mirroring (2, 2) of `align`, by which points are multiplied from the right."""

    count = min(len(points), len(onto))
    turn, _ = orthogonal_procrustes(points[:count] - points[:count].mean(0), onto[:count] - onto[:count].mean(0))
    return turn


def align_axes(projection: Projection, onto: np.ndarray) -> Projection:
    """A PCA whose points correlate positively along both axes with `onto` (M, 2), as far as both go.

    A principal direction is one up to its sign, which is all that changes.
    """
    assert projection.directions is not None
    count = min(len(projection.points), len(onto))
    points = projection.points[:count] - projection.points[:count].mean(0)
    signs = np.where((points * (onto[:count] - onto[:count].mean(0))).sum(0) < 0, -1, 1).astype(np.float32)
    return replace(projection, points=projection.points * signs, directions=projection.directions * signs[:, None])
