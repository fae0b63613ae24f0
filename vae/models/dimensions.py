"""KL of every latent dimension, and how many dimensions are active."""

import numpy as np
import torch

from vae.models.objectives import kl_divergence

ACTIVE_VARIANCE = 0.01
ACTIVE_KL = 0.1  # nats


def kl_by_dimension(means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Compute the mean KL of every latent dimension in nats, (latent_dim,), from posterior μ and σ (N, latent_dim)."""
    log_variance = 2 * torch.from_numpy(deviations.astype(np.float64)).log()
    return kl_divergence(torch.from_numpy(means.astype(np.float64)), log_variance).mean(0).numpy()


def active_by_variance(codes: np.ndarray) -> np.ndarray:
    """Tell which dimensions of a VAE's codes (N, latent_dim) are active: bool (latent_dim,).

    A dimension is active if Var(E[z|x]) > 0.01 (Burda et al. 2016).
    """
    return codes.var(0) > ACTIVE_VARIANCE


def active_by_kl(kl: np.ndarray) -> np.ndarray:
    """Tell which dimensions are active, bool (latent_dim,): their KL (N, latent_dim) is 0.1 nats or more on average."""
    return kl.mean(0) >= ACTIVE_KL
