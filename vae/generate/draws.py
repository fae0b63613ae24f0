"""Latents to decode: draws from the prior and from Gaussians fitted to codes, and grids over a 2-D latent space."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import torch

SAMPLERS = {"prior": 0, "gaussian": 1, "mixture": 10}  # how many Gaussians each fits to the codes


def prior_latents(count: int, latent_dim: int, seed: int = 0) -> np.ndarray:
    """Draw z ~ N(0, I), float32 (count, latent_dim), the same for every model of that latent size."""
    return torch.randn(count, latent_dim, generator=torch.Generator().manual_seed(seed)).numpy()


@dataclass(frozen=True, eq=False)
class Density:
    """A mixture of K Gaussians over a latent space of D dimensions."""

    weights: np.ndarray  # (K,), with sum 1
    means: np.ndarray  # (K, D)
    roots: np.ndarray  # (K, D, D), the lower Cholesky factors of the covariances

    def draw(self, count: int, seed: int = 0, temperature: float = 1.0) -> np.ndarray:
        """Draw z from the mixture, float32 (count, D); `temperature` multiplies the σ of its components."""
        random = np.random.default_rng(seed)
        chosen = random.choice(len(self.weights), count, p=self.weights)
        z = random.standard_normal((count, self.means.shape[1]))
        for component, root in enumerate(self.roots):
            z[chosen == component] @= temperature * root.T
        return (z + self.means[chosen]).astype(np.float32)


def fit_density(codes: np.ndarray, components: int = 1, seed: int = 0) -> Density:
    """Fit one or more Gaussians of full covariance to codes (N, D), by scikit-learn's expectation maximisation.

    Drawing from a density fitted after training makes an AE a generative model (Ghosh et al. 2020).
    """
    from sklearn.mixture import GaussianMixture

    fitted = GaussianMixture(components, random_state=seed).fit(codes.astype(np.float64))
    return Density(fitted.weights_, fitted.means_, np.linalg.cholesky(fitted.covariances_))


def draw_latents(sampler: str, codes: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Draw z, float32 (count, D), for a model with these codes (N, D).

    `prior` draws from N(0, I), `gaussian` from the Gaussian fitted to the codes, `mixture` from 10 Gaussians fitted to
    them, all of full covariance.

    Raises:
        ValueError: for an unknown sampler.
    """
    if sampler not in SAMPLERS:
        raise ValueError(f"There is no sampler {sampler!r}; choose one of {', '.join(SAMPLERS)}.")
    components = SAMPLERS[sampler]
    return (
        fit_density(codes, components, seed).draw(count, seed)
        if components
        else prior_latents(count, codes.shape[1], seed)
    )


def prior_grid(side: int = 20) -> np.ndarray:
    """Return a side × side grid over a 2-D latent space, float32 (side², 2), rows from the top (z2 high) to the bottom.

    Its lines lie at equal steps of the prior's probability, from 1 % to 99 %, so that every cell is as likely as any
    other under N(0, I) (Kingma & Welling 2014, figure 4).
    """
    line = np.array([NormalDist().inv_cdf(p) for p in np.linspace(0.01, 0.99, side)])
    return _grid(line, line)


def code_grid(codes: np.ndarray, side: int = 20) -> np.ndarray:
    """Return a side × side grid over the range of codes (N, 2), float32 (side², 2), rows from the top to the bottom.

    Its lines lie at equal steps from the codes' 1st to their 99th percentile in each direction.
    """
    (left, bottom), (right, top) = np.percentile(codes, [1, 99], axis=0)
    return _grid(np.linspace(left, right, side), np.linspace(bottom, top, side))


def _grid(horizontal: np.ndarray, vertical: np.ndarray) -> np.ndarray:
    z1, z2 = np.meshgrid(horizontal, vertical[::-1])
    return np.stack([z1.ravel(), z2.ravel()], axis=1).astype(np.float32)
