"""Maps turned onto one another."""

import numpy as np

from tests.helpers.codes import clusters
from vae.explore.alignment import align, align_axes
from vae.explore.projection import ProjectionSettings, project


def turned(points: np.ndarray, angle: float = 2.0) -> np.ndarray:
    """Mirrored, and turned by an angle in radians."""
    return points @ np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])


def test_a_turned_and_mirrored_map_comes_back_with_its_own_scale_and_mean() -> None:
    onto = np.random.default_rng(0).normal(size=(60, 2)) * [3, 1]
    points = (turned(onto) + np.array([5, -2])).astype(np.float32)
    aligned = align(points, onto[:40] * 10)
    assert aligned.dtype == np.float32
    np.testing.assert_allclose(aligned - points.mean(0), onto - onto.mean(0), atol=1e-4)
    np.testing.assert_allclose(align(points[:40], onto).mean(0), points[:40].mean(0), atol=1e-5)


def test_axes_of_a_pca_are_flipped_towards_another_map_and_nothing_else_changes() -> None:
    codes, _ = clusters()
    found = project(codes, ProjectionSettings("pca"))
    assert found.centre is not None
    for signs in ([1, 1], [-1, 1], [1, -1], [-1, -1]):
        flipped = align_axes(found, found.points[:200] * signs + 7)
        assert flipped.directions is not None
        np.testing.assert_array_equal(flipped.points, found.points * signs)
        np.testing.assert_allclose(flipped.points, (codes - found.centre) @ flipped.directions.T, atol=1e-4)
        assert flipped.trustworthiness == found.trustworthiness
