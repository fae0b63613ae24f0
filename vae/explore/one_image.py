"""One image through one model: its code, what comes back, the nearest codes, and how unusual it is among others."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae.measure.likelihood import likelihood
from vae.models.autoencoders import VAE, Autoencoder
from vae.models.codes import encode_posteriors, reconstruct
from vae.training.config import TrainConfig


@dataclass(frozen=True, eq=False)
class Encoded:
    """What a model makes of an image."""

    code: np.ndarray  # (latent_dim,) float32: an AE's point, a VAE's posterior mean
    deviation: np.ndarray | None  # the posterior's σ, likewise; None for an autoencoder
    reconstruction: np.ndarray  # uint8 (C, H, W), decoded from the code
    error: float  # squared error per value, pixel range [0, 1]


def encode(model: Autoencoder, image: Tensor) -> Encoded:
    """An image uint8 (1, C, H, W) through a model; nothing is drawn."""
    codes, deviations = encode_posteriors(model, image)
    decoded, errors = reconstruct(model, image)
    return Encoded(codes[0], None if deviations is None else deviations[0], decoded[0], float(errors[0]))


def fit(model: Autoencoder, images: Tensor, config: TrainConfig, draws: int) -> np.ndarray:
    """How well a model takes images uint8 (N, C, H, W), the higher the better, (N,).

    A VAE's ELBO in nats, the mean of `draws` z ~ q(z|x) an image; minus an AE's squared error per value, which has no
    draw in it.
    """
    if isinstance(model, VAE):
        return likelihood(model, images, config, draws=(draws,)).elbo
    return -reconstruct(model, images)[1]


def more_unusual_than(value: float, fits: np.ndarray) -> float:
    """The share of images whose fit (N,) is better than this one, 0 to 1; of equal ones half."""
    return float(((fits > value).sum() + (fits == value).sum() / 2) / len(fits))


def nearest_codes(code: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """Which of codes (N, D) are nearest to a code (D,), by Euclidean distance in the latent space: int64 (≤ count,)."""
    distances = torch.from_numpy(codes - code).norm(dim=1)
    return distances.topk(min(count, len(codes)), largest=False).indices.numpy()
