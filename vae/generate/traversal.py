"""Latent dimensions one by one: which say most about an image, which are inactive, and how each changes the image."""

from dataclasses import dataclass

import numpy as np

from vae.models.dimensions import ACTIVE_KL, kl_by_dimension


@dataclass(frozen=True)
class Dimension:
    """One dimension of a model's latent space."""

    index: int  # from 0
    mean: float  # mean of the codes in this dimension
    spread: float  # standard deviation of the codes in this dimension
    kl: float | None  # mean over images, nats; None for an autoencoder, which has no posterior

    @property
    def inactive(self) -> bool:
        """True if a VAE's posterior is almost the prior, with a mean KL below 0.1 nats; never for an AE."""
        return self.kl is not None and self.kl < ACTIVE_KL


def ranked(codes: np.ndarray, deviations: np.ndarray | None) -> list[Dimension]:
    """Rank the dimensions of codes (N, D) by how much they say about an image, most first.

    With a VAE's posterior σ (N, D) in `deviations` they are sorted by falling mean KL; without it, as for an AE, by
    falling variance of the codes.
    """
    kl = None if deviations is None else kl_by_dimension(codes, deviations)
    importance = codes.var(0, dtype=np.float64) if kl is None else kl
    means, spreads = codes.mean(0, dtype=np.float64), codes.std(0, dtype=np.float64)
    return [
        Dimension(int(index), float(means[index]), float(spreads[index]), None if kl is None else float(kl[index]))
        for index in np.argsort(-importance, kind="stable")
    ]


def middle_and_sigma(dimension: Dimension) -> tuple[float, float]:
    """Return the middle and the σ of a traversal: for a VAE the prior's, 0 and 1; for an AE those of its codes."""
    return (0.0, 1.0) if dimension.kl is not None else (dimension.mean, dimension.spread)


def traverse(centre: np.ndarray, dimension: Dimension, units: np.ndarray) -> np.ndarray:
    """Return a code (D,) with one dimension set to each of `units` (S,), in σ from the middle: float32 (S, D).

    All other dimensions stay as they are (Higgins et al. 2017, figure 1).
    """
    middle, sigma = middle_and_sigma(dimension)
    codes = np.tile(centre.astype(np.float32), (len(units), 1))
    codes[:, dimension.index] = middle + sigma * units
    return codes
