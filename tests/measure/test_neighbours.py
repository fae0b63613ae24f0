"""Precision, recall, density and coverage against their definitions and their papers' numbers; copies are found."""

import numpy as np
import pytest
import torch

from vae.measure.neighbours import manifold_scores, nearest_distances


@pytest.mark.parametrize(("count", "tolerance"), [(4_000, 0.05), pytest.param(10_000, 0.02, marks=pytest.mark.slow)])
def test_two_samples_of_one_gaussian_score_what_the_paper_gives(count: int, tolerance: float) -> None:
    """The example of Naeem et al.'s own code: 10,000 points each in 1,000 dimensions, k = 5."""
    random = np.random.default_rng(0)
    real, drawn = (random.standard_normal((count, 1_000), dtype=np.float32) for _ in range(2))
    scores = manifold_scores(real, drawn)
    found = [scores.precision.mean(), scores.recall.mean(), scores.density.mean(), scores.coverage.mean()]
    np.testing.assert_allclose(found, [0.48, 0.47, 1.06, 0.97], atol=tolerance)


def test_the_scores_are_their_definitions() -> None:
    random = np.random.default_rng(0)
    real, drawn = random.normal(0, 1, (700, 4)), random.normal(0.7, 0.8, (600, 4))
    scores = manifold_scores(real.astype(np.float32), drawn.astype(np.float32), 3)

    def apart(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.linalg.norm(x[:, None] - y[None], axis=2)

    real_radii, drawn_radii = np.sort(apart(real, real))[:, 3], np.sort(apart(drawn, drawn))[:, 3]
    between = apart(real, drawn)
    np.testing.assert_array_equal(scores.precision, (between <= real_radii[:, None]).any(0))
    np.testing.assert_array_equal(scores.recall, (between <= drawn_radii).any(1))
    np.testing.assert_allclose(scores.density, (between <= real_radii[:, None]).sum(0) / 3)
    np.testing.assert_array_equal(scores.coverage, between.min(1) <= real_radii)


def test_a_set_is_wholly_within_itself_and_far_ones_do_not_touch() -> None:
    points = np.random.default_rng(0).normal(0, 1, (200, 8)).astype(np.float32)
    same, far = manifold_scores(points, points), manifold_scores(points, points + 100)
    assert [same.precision.mean(), same.recall.mean(), same.coverage.mean()] == [1, 1, 1]
    assert [each.mean() for each in far] == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="5 images have no 5 neighbours"):
        manifold_scores(points, points[:5])


def test_copies_of_training_images_are_at_no_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.measure.neighbours.TRAINING_ROWS", 300)
    noise = torch.Generator().manual_seed(0)
    training = torch.randint(0, 256, (1_000, 1, 8, 8), dtype=torch.uint8, generator=noise)
    others = torch.randint(0, 256, (40, 1, 8, 8), dtype=torch.uint8, generator=noise)
    assert (nearest_distances(training[::7], training) == 0).all()
    expected = torch.cdist(others.flatten(1).double(), training.flatten(1).double()).min(1).values / 255
    seen = list[float]()
    np.testing.assert_allclose(nearest_distances(others, training, seen.append), expected, rtol=1e-5)
    assert seen == [0.3, 0.6, 0.9, 1.0]
