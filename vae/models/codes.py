"""Encode, decode and reconstruct any number of images, in batches."""

import numpy as np
import torch
from torch import Tensor

from vae.data.pixels import to_bytes, to_unit
from vae.models.autoencoders import Autoencoder

BATCH = 2_000


def encode_images(model: Autoencoder, images: Tensor) -> np.ndarray:
    """Encode images uint8 (N, C, H, W) into codes float32 (N, latent_dim): an AE's points, a VAE's posterior means."""
    return encode_posteriors(model, images)[0]


@torch.no_grad()
def encode_posteriors(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray | None]:
    """Encode images uint8 (N, C, H, W) into codes and posterior σ, each float32 (N, latent_dim); an AE's σ is None."""
    means, deviations = [], []
    for batch in images.split(BATCH):
        mean, log_variance = model.posterior(to_unit(batch.to(model.device)))
        means.append(mean.cpu())
        if log_variance is not None:
            deviations.append(torch.exp(0.5 * log_variance).cpu())
    return torch.cat(means).numpy(), torch.cat(deviations).numpy() if deviations else None


@torch.no_grad()
def decode_latents(model: Autoencoder, latents: np.ndarray) -> np.ndarray:
    """Decode latents float32 (N, latent_dim) into images uint8 (N, C, H, W).

    A `ClassifierVAE` needs latents (N, latent_dim + classes), which end in a code for the class.
    """
    batches = torch.from_numpy(np.ascontiguousarray(latents, dtype=np.float32)).split(BATCH)
    return np.concatenate([to_bytes(model.decode(batch.to(model.device))) for batch in batches])


@torch.no_grad()
def reconstruct(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Reconstruct images uint8 (N, C, H, W) from their codes.

    Returns:
        The reconstructions, uint8 (N, C, H, W), and the mean squared error of each per value (N,), pixels in [0, 1].
    """
    decoded, errors = [], []
    for batch in images.split(BATCH):
        pixels = to_unit(batch.to(model.device))
        images_out = model.reconstruct(pixels)
        decoded.append(to_bytes(images_out))
        errors.append((images_out - pixels).square().flatten(1).mean(1).cpu().numpy())
    return np.concatenate(decoded), np.concatenate(errors)
