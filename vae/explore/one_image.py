"""One image through one model: its code, its reconstruction, the nearest codes, and how unusual it is."""

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
    """An image's code in a model, and its reconstruction."""

    code: np.ndarray  # (latent_dim,) float32: an AE's point, a VAE's posterior mean
    deviation: np.ndarray | None  # (latent_dim,) float32: the posterior's σ; None for an AE
    reconstruction: np.ndarray  # uint8 (C, H, W), decoded from the code
    error: float  # squared error per value, pixel range [0, 1]


def encode(model: Autoencoder, image: Tensor) -> Encoded:
    """Encode an image uint8 (1, C, H, W) and decode its code, a VAE's posterior mean; nothing is drawn at random."""
    codes, deviations = encode_posteriors(model, image)
    decoded, errors = reconstruct(model, image)
    return Encoded(codes[0], None if deviations is None else deviations[0], decoded[0], float(errors[0]))


def fit(model: Autoencoder, images: Tensor, config: TrainConfig, draws: int) -> np.ndarray:
    """Score how well a model fits images uint8 (N, C, H, W): (N,), higher is better.

    The score is a VAE's ELBO in nats, the mean of `draws` z ~ q(z|x) for each image, or minus an AE's squared error per
    pixel value.
    """
    if isinstance(model, VAE):
        return likelihood(model, images, config, draws=(draws,)).elbo
    return -reconstruct(model, images)[1]


def more_unusual_than(value: float, fits: np.ndarray) -> float:
    """Return the share, 0 to 1, of fits (N,) that are better than `value`; equal fits count half."""
    return float(((fits > value).sum() + (fits == value).sum() / 2) / len(fits))


def nearest_codes(code: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """Find the rows of codes (N, D) nearest to a code (D,) by Euclidean distance, nearest first: int64 (≤ count,)."""
    distances = torch.from_numpy(codes - code).norm(dim=1)
    return distances.topk(min(count, len(codes)), largest=False).indices.numpy()
