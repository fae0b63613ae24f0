"""Encode, decode and reconstruct any number of images, in batches."""

import numpy as np
import torch
from torch import Tensor

from vae.data.pixels import at_once, to_bytes, to_unit
from vae.models.autoencoders import Autoencoder
from vae.models.batches import by_batches

BATCH = 2_000


def encode_images(model: Autoencoder, images: Tensor) -> np.ndarray:
    """Encode images uint8 (N, C, H, W) into codes float32 (N, latent_dim): an AE's points, a VAE's posterior means."""
    return encode_posteriors(model, images)[0]


def encode_posteriors(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray | None]:
    """Encode images uint8 (N, C, H, W) into codes and posterior σ, each float32 (N, latent_dim); an AE's σ is None."""

    def encode(rows: slice) -> tuple[Tensor, Tensor | None]:
        return model.posterior(to_unit(images[rows].to(model.device)))

    found = by_batches(encode, len(images), at_once(images, BATCH), model.device)
    means = torch.cat([mean for mean, _ in found]).cpu().numpy()
    log_variances = [log_variance for _, log_variance in found if log_variance is not None]
    return means, torch.exp(0.5 * torch.cat(log_variances)).cpu().numpy() if log_variances else None


def decode_latents(model: Autoencoder, latents: np.ndarray) -> np.ndarray:
    """Decode latents float32 (N, latent_dim) into images uint8 (N, C, H, W).

    A `ClassifierVAE` needs latents (N, latent_dim + classes), which end in a code for the class.
    """
    inputs = torch.from_numpy(np.ascontiguousarray(latents, dtype=np.float32))

    def decode(rows: slice) -> np.ndarray:
        return to_bytes(model.decode(inputs[rows].to(model.device)))

    size = at_once(torch.empty(1, *model.image_shape, device="meta"), BATCH)
    return np.concatenate(by_batches(decode, len(inputs), size, model.device))


def squared_errors(model: Autoencoder, images: Tensor) -> np.ndarray:
    """Return the mean squared error (N,) that `reconstruct` gives of each image, without keeping what is decoded."""

    def one(rows: slice) -> np.ndarray:
        pixels = to_unit(images[rows].to(model.device))
        return (model.reconstruct(pixels) - pixels).square().flatten(1).mean(1).cpu().numpy()

    return np.concatenate(by_batches(one, len(images), BATCH, model.device))


def reconstruct(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Reconstruct images uint8 (N, C, H, W) from their codes.

    Returns:
        The reconstructions, uint8 (N, C, H, W), and the mean squared error of each per value (N,), pixels in [0, 1].
    """

    def one(rows: slice) -> tuple[np.ndarray, np.ndarray]:
        pixels = to_unit(images[rows].to(model.device))
        decoded = model.reconstruct(pixels)
        return to_bytes(decoded), (decoded - pixels).square().flatten(1).mean(1).cpu().numpy()

    decoded, errors = zip(*by_batches(one, len(images), at_once(images, BATCH), model.device), strict=True)
    return np.concatenate(decoded), np.concatenate(errors)
