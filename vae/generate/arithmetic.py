"""Arithmetic on codes: the difference of two groups' means added to a code, and how far from other codes that leads."""

from collections.abc import Sequence

import numpy as np


def combine(
    codes: np.ndarray, a: Sequence[int], b: Sequence[int], c: int | Sequence[int], strengths: np.ndarray
) -> np.ndarray:
    """Compute c + strength · (mean of group A − mean of group B), float32 (S, D), of codes float32 (N, D) by index.

    Takes one c with S strengths, or S values of c with one strength (1,). The difference of the means is an attribute
    vector (Larsen et al. 2016, section 4.1.2; Radford et al. 2016, section 6.3.2).

    Raises:
        ValueError: for a group without images.
    """
    direction = group_mean(codes, a) - group_mean(codes, b)
    return (codes[c] + strengths[:, None] * direction).astype(np.float32)


def group_mean(values: np.ndarray, group: Sequence[int]) -> np.ndarray:
    """Compute the mean of these rows of values (N, …): float64 (…).

    Raises:
        ValueError: for a group without images.
    """
    if not len(group):
        raise ValueError("A group needs at least one image.")
    return values[np.asarray(group)].mean(0, dtype=np.float64)


def combine_pixels(images: np.ndarray, a: Sequence[int], b: Sequence[int], c: int, strength: float) -> np.ndarray:
    """Compute c + strength · (mean of A − mean of B) on the pixels of images uint8 (N, C, H, W), clipped to 0 to 255.

    Returns:
        A's mean, B's mean, c and the result: uint8 (4, C, H, W).

    Raises:
        ValueError: for a group without images.
    """
    first, second = group_mean(images, a), group_mean(images, b)
    result = images[c] + strength * (first - second)
    return np.stack([first, second, images[c], result]).clip(0, 255).round().astype(np.uint8)


def nearest_code(latent: np.ndarray, codes: np.ndarray, without: int) -> float:
    """Compute the Euclidean distance of a latent (D,) to the nearest of codes (N, D) other than code `without`."""
    distances = np.linalg.norm(codes.astype(np.float64) - latent, axis=1)
    return float(np.delete(distances, without).min(initial=np.inf))


def own_nearest(codes: np.ndarray) -> np.ndarray:
    """Compute the Euclidean distance (N,) of every code (N, D) to the nearest other code."""
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=1).fit(codes).kneighbors()[0][:, 0]
