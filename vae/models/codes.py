"""Encode, decode and reconstruct arrays of images of any number, in batches."""

import numpy as np
import torch
from torch import Tensor

from vae.data.pixels import to_bytes, to_unit
from vae.models.autoencoders import Autoencoder

BATCH = 2_000


def encode_images(model: Autoencoder, images: Tensor) -> np.ndarray:
    """Images uint8 (N, C, H, W) → codes float32 (N, latent_dim): an AE's points, a VAE's posterior means."""
    return encode_posteriors(model, images)[0]


@torch.no_grad()
def encode_posteriors(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray | None]:
    """Images uint8 (N, C, H, W) → codes and, of a VAE, the posteriors' σ, each float32 (N, latent_dim)."""
    means, deviations = [], []
    for batch in images.split(BATCH):
        mean, log_variance = model.posterior(to_unit(batch.to(model.device)))
        means.append(mean.cpu())
        if log_variance is not None:
            deviations.append(torch.exp(0.5 * log_variance).cpu())
    return torch.cat(means).numpy(), torch.cat(deviations).numpy() if deviations else None


@torch.no_grad()
def decode_latents(model: Autoencoder, latents: np.ndarray) -> np.ndarray:
    """Latents float32 (N, latent_dim) → images uint8 (N, C, H, W)."""
    batches = torch.from_numpy(np.ascontiguousarray(latents, dtype=np.float32)).split(BATCH)
    return np.concatenate([to_bytes(model.decode(batch.to(model.device))) for batch in batches])


@torch.no_grad()
def reconstruct(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 (N, C, H, W) → their decoded codes uint8, likewise, and squared errors per value (N,)."""
    decoded, errors = [], []
    for batch in images.split(BATCH):
        pixels = to_unit(batch.to(model.device))
        images_out = model.reconstruct(pixels)
        decoded.append(to_bytes(images_out))
        errors.append((images_out - pixels).square().flatten(1).mean(1).cpu().numpy())
    return np.concatenate(decoded), np.concatenate(errors)
