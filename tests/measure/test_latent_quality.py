"""Latent spaces that are known to be good or bad, and distances from the prior against closed forms."""

import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from vae.measure.latent_quality import (
    SCALES,
    Labelled,
    class_measures,
    gaussian_kl,
    prior_measures,
    squared_mmd,
    trustworthiness,
)


def _clusters(apart: float, count: int, seed: int) -> Labelled:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 4, count)
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return Labelled((apart * corners[labels] + random.normal(0, 1, (count, 2))).astype(np.float32), labels)


def test_separate_classes_are_found_and_mixed_ones_are_left_to_chance() -> None:
    apart = class_measures(_clusters(20, 1_500, 0), _clusters(20, 600, 1))
    mixed = class_measures(_clusters(0, 1_500, 0), _clusters(0, 600, 1))
    assert set(apart) | {"trustworthiness", "prior_kl", "prior_mmd"} == set(SCALES)
    for name in ("knn_100", "knn_1000", "knn_all", "linear_probe", "nmi", "ari"):
        assert apart[name].value == pytest.approx(1, abs=0.001)
        bad = mixed[name].bad
        assert bad is not None
        assert abs(mixed[name].value - bad) < 0.06
    assert apart["silhouette"].value > 0.8
    assert abs(mixed["silhouette"].value) < 0.05
    for name, measure in mixed.items():
        assert measure.low is not None
        assert measure.high is not None
        assert measure.low < measure.value < measure.high, name
        assert measure.images == 600


def test_more_labels_help() -> None:
    def chessboard(count: int, seed: int) -> Labelled:
        codes = np.random.default_rng(seed).uniform(0, 6, (count, 2))
        return Labelled(codes, codes.astype(int).sum(1) % 2)

    measures = class_measures(chessboard(4_000, 0), chessboard(1_000, 1))
    hundred, thousand, all_labels = (measures[f"knn_{count}"].value for count in (100, 1_000, "all"))
    assert hundred + 0.1 < thousand < all_labels - 0.02
    assert measures["linear_probe"].value < 0.6


def test_the_prior_kl_is_that_of_the_fitted_gaussian() -> None:
    random = np.random.default_rng(0)
    root, mean = np.tril(random.uniform(0.2, 0.9, (3, 3))), np.array([0.3, -0.2, 0.5])
    posterior = MultivariateNormal(torch.from_numpy(mean), scale_tril=torch.from_numpy(root))
    expected = kl_divergence(posterior, MultivariateNormal(torch.zeros(3).double(), torch.eye(3).double())).item()
    assert gaussian_kl(mean, root @ root.T) == pytest.approx(expected)
    codes = random.multivariate_normal(mean, root @ root.T, 5_000)
    assert prior_measures(codes, None)["prior_kl"].value == pytest.approx(expected, rel=0.1)


def test_posteriors_that_add_up_to_the_prior_are_at_no_distance_and_points_with_holes_are() -> None:
    random = np.random.default_rng(5)
    codes = random.normal(0, 0.8, (5_000, 2)).astype(np.float32)
    whole = prior_measures(codes, np.full_like(codes, 0.6))
    assert whole["prior_kl"].value == pytest.approx(0, abs=0.002)
    assert whole["prior_mmd"].value == pytest.approx(0, abs=0.001)
    assert prior_measures(codes, None)["prior_kl"].value > 0.05
    # A ring with the prior's mean and covariance: the fitted Gaussian cannot tell them apart.
    angles = random.uniform(0, 2 * np.pi, 5_000)
    ring = (np.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(np.float32)
    holed = prior_measures(ring, None)
    assert holed["prior_kl"].value == pytest.approx(0, abs=0.002)
    assert holed["prior_mmd"].low is not None
    assert holed["prior_mmd"].low > 0.003


def test_squared_mmd_is_its_definition() -> None:
    random = np.random.default_rng(0)
    x, y = (random.normal(shift, 1, (30, 3)).astype(np.float32) for shift in (0, 1))

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return 6 / (6 + np.square(a - b).sum())

    within = sum(kernel(s[i], s[j]) for s in (x, y) for i in range(30) for j in range(30) if i != j) / (30 * 29)
    between = np.mean([[kernel(a, b) for b in y] for a in x])
    assert squared_mmd(x, y) == pytest.approx(within - 2 * between, rel=1e-4)


def test_codes_that_are_pixels_are_trustworthy() -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (200, 1, 8, 8), dtype=np.uint8)
    measure = trustworthiness(images, images.reshape(200, -1).astype(np.float32))
    assert measure is not None
    assert (measure.value, measure.low, measure.images) == (1, None, 200)
    noise = trustworthiness(images, random.normal(0, 1, (200, 2)))
    assert noise is not None
    assert noise.value == pytest.approx(0.5, abs=0.05)


def test_what_few_codes_or_one_class_cannot_tell_is_left_out() -> None:
    random = np.random.default_rng(0)
    codes = random.normal(size=(24, 2)).astype(np.float32)
    one = Labelled(codes, np.zeros(24, np.int64))
    assert class_measures(one, one) == {}
    alone = Labelled(codes[:3], np.arange(3))
    assert "silhouette" not in class_measures(alone, alone)
    assert trustworthiness(random.integers(0, 256, (24, 1, 8, 8), dtype=np.uint8), codes) is None
    assert set(prior_measures(codes, None)) == {"prior_kl"}
