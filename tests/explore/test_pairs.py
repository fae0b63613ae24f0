"""The overlap of two posteriors against Monte Carlo, distances against their definition, pairs against their class."""

import numpy as np
import pytest
import torch
from torch.distributions import Independent, Normal

from vae.explore.pairs import bhattacharyya, distances, overlaps, random_pairs, spread

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_the_overlap_is_what_monte_carlo_finds(dimensions: int) -> None:
    means = RANDOM.normal(0, 0.6, (2, dimensions))
    deviations = RANDOM.uniform(0.4, 1.5, (2, dimensions))
    p, q = (
        Independent(Normal(torch.from_numpy(mean), torch.from_numpy(deviation)), 1)
        for mean, deviation in zip(means, deviations, strict=True)
    )
    torch.manual_seed(0)
    z = p.sample((200_000,))
    ratios = (0.5 * (q.log_prob(z) - p.log_prob(z))).exp()  # ∫ √(p q) = E_p √(q / p)
    found = bhattacharyya(means[:1], deviations[:1], means[1:], deviations[1:])[0]
    assert abs(found - float(ratios.mean())) < 5 * float(ratios.std()) / 200_000**0.5
    assert 0.05 < found < 0.99


def test_the_same_posterior_overlaps_wholly_and_distant_ones_not_at_all() -> None:
    mean, deviation = RANDOM.normal(size=(4, 3)), RANDOM.uniform(0.1, 2, (4, 3))
    np.testing.assert_allclose(bhattacharyya(mean, deviation, mean, deviation), 1)
    other = bhattacharyya(mean, deviation, mean + 100, deviation)
    assert (other < 1e-50).all()
    swapped = bhattacharyya(mean, deviation, mean[::-1], deviation[::-1])
    np.testing.assert_allclose(swapped, swapped[::-1])  # neither of the two is first


def test_a_distance_in_spreads_has_no_scale_and_is_root_two_on_average() -> None:
    codes = RANDOM.normal(0, [1, 5, 0.1], (4_000, 3)).astype(np.float32)
    assert spread(codes) == pytest.approx((1 + 25 + 0.01) ** 0.5, rel=0.03)
    pairs = RANDOM.integers(0, 4_000, (5_000, 2))
    found = distances(codes, pairs)
    assert np.sqrt((found**2).mean()) == pytest.approx(2**0.5, rel=0.03)
    np.testing.assert_allclose(distances(1_000 * codes, pairs), found, rtol=1e-4)
    assert np.isfinite(distances(np.ones((5, 2), np.float32), np.array([[0, 1]]))).all()


def test_pairs_are_of_their_class_never_of_one_image_and_all_alike() -> None:
    labels = np.repeat([0, 1, 2], [4, 10, 1])
    same = random_pairs(labels, 0, same=True, count=12_000)
    assert (labels[same] == 0).all()
    counted = np.unique(same, axis=0, return_counts=True)[1]
    assert len(counted) == 12
    assert counted.min() > 850
    assert (same[:, 0] != same[:, 1]).all()
    different = random_pairs(labels, 0, same=False, count=1_000)
    assert (labels[different[:, 0]] == 0).all()
    assert (labels[different[:, 1]] != 0).all()
    assert random_pairs(labels, 2, same=True).shape == (0, 2)
    np.testing.assert_array_equal(random_pairs(labels, 0, same=True, count=50), random_pairs(labels, 0, True, 50))


def test_overlaps_are_those_of_the_pairs_asked_for() -> None:
    codes, deviations = RANDOM.normal(size=(6, 2)), RANDOM.uniform(0.5, 1, (6, 2))
    found = overlaps(codes, deviations, np.array([[0, 1], [3, 3]]))
    expected = bhattacharyya(codes[:1], deviations[:1], codes[1:2], deviations[1:2])
    np.testing.assert_allclose(found, [expected[0], 1])
