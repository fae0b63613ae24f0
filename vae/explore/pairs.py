"""Pairs of codes: their distance in units of the spread of all codes, and the overlap of their posteriors."""

import numpy as np

PAIRS = 10_000


def bhattacharyya(
    mean: np.ndarray, deviation: np.ndarray, other_mean: np.ndarray, other_deviation: np.ndarray
) -> np.ndarray:
    """Compute the overlap ∫ √(p q) of pairs of diagonal Gaussians: 1 if they are equal, near 0 if they are far apart.

    It is the product over dimensions of √(2 σ₁ σ₂ / (σ₁² + σ₂²)) · exp(−(μ₁ − μ₂)² / (4 (σ₁² + σ₂²)))
    (Bhattacharyya 1943).

    Args:
        mean, deviation, other_mean, other_deviation: μ and σ of each, (N, latent_dim).

    Returns:
        (N,) float64.
    """
    mean, deviation, other_mean, other_deviation = (
        array.astype(np.float64) for array in (mean, deviation, other_mean, other_deviation)
    )
    variances = deviation**2 + other_deviation**2
    logarithm = 0.5 * np.log(2 * deviation * other_deviation / variances) - (mean - other_mean) ** 2 / (4 * variances)
    return np.exp(logarithm.sum(1))


def spread(codes: np.ndarray) -> float:
    """Compute the root of the summed variances of codes (N, latent_dim), the unit of distances.

    The root mean square distance of two codes drawn at random is √2 times the spread. It is 0 if all codes are equal.
    """
    return float(np.sqrt(codes.astype(np.float64).var(0).sum()))


def distances(codes: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Compute Euclidean distances (N,) of pairs int (N, 2) of codes (M, latent_dim), in units of their `spread`."""
    apart = np.linalg.norm(codes[pairs[:, 0]].astype(np.float64) - codes[pairs[:, 1]], axis=1)
    return apart / max(spread(codes), 1e-12)


def overlaps(codes: np.ndarray, deviations: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Compute `bhattacharyya` (N,) of pairs int (N, 2) of posteriors with these μ and σ (M, latent_dim)."""
    one, other = pairs.T
    return bhattacharyya(codes[one], deviations[one], codes[other], deviations[other])


def random_pairs(labels: np.ndarray, label: int, same: bool, count: int = PAIRS, seed: int = 0) -> np.ndarray:
    """Draw pairs of images of a class (`same`), or of one such image and one of another class: int64 (count, 2).

    Pairs may repeat, but no image is paired with itself. If there is no second image, the result is empty, (0, 2).
    """
    random = np.random.default_rng(seed)
    own, others = np.flatnonzero(labels == label), np.flatnonzero(labels != label)
    if len(own) < (2 if same else 1) or not (same or len(others)):
        return np.empty((0, 2), np.int64)
    first = random.integers(len(own), size=count)
    if not same:
        return np.stack([own[first], random.choice(others, count)], axis=1)
    # A random step of 1 to n − 1 around the class reaches each of its other images with the same probability.
    second = (first + random.integers(1, len(own), size=count)) % len(own)
    return np.stack([own[first], own[second]], axis=1)
