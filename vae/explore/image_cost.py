"""The cost of one image for a model at one code, in nats: reconstruction, KL, and what each latent dimension saves."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae.data.pixels import to_unit
from vae.models.autoencoders import Autoencoder
from vae.models.objectives import kl_divergence, reconstruction_loss
from vae.training.config import TrainConfig


@dataclass(frozen=True, eq=False)
class ImageCost:
    """The cost of one image at one code, in nats."""

    reconstruction: float  # −log p(x|z): a VAE's mean over draws z ~ N(code, σ²), an AE's value at the code
    kl: np.ndarray | None  # (latent_dim,) KL(N(code, σ²) ‖ N(0, 1)); None for an AE
    lost: np.ndarray  # (latent_dim,) rise of the reconstruction when this dimension alone is moved to `rest`


def image_cost(
    model: Autoencoder,
    image: Tensor,
    config: TrainConfig,
    code: np.ndarray,
    deviation: np.ndarray | None,
    rest: np.ndarray,
    draws: int = 100,
    seed: int = 0,
) -> ImageCost:
    """Compute the cost of an image uint8 (1, C, H, W) with the posterior N(code, deviation²), or at the code alone.

    With the encoder's own μ and σ, reconstruction + KL is −ELBO (Kingma & Welling 2014, equation 3). With any other
    μ and σ, minus the sum is still a lower bound on log p(x), looser or tighter. All reconstructions use the same ε.

    Args:
        code: (latent_dim,), a posterior's mean or an AE's point.
        deviation: the posterior's σ, (latent_dim,); None for an AE.
        rest: the values that the dimensions are moved to, one after the other, (latent_dim,): a VAE's prior mean 0, or
            an AE's mean code.
    """
    epsilon = np.zeros((1, len(code)))
    kl = None
    if deviation is not None:
        epsilon = np.random.default_rng(seed).standard_normal((draws, len(code)))
        mean, log_variance = torch.from_numpy(code), 2 * torch.from_numpy(deviation).log()
        kl = kl_divergence(mean, log_variance).numpy()
    z = code + (0 if deviation is None else deviation) * epsilon  # (draws, latent_dim)
    here = float(reconstruction_at(model, image, z, config).mean())
    lost = np.empty(len(code))
    for number in range(len(code)):
        without = z.copy()
        without[:, number] += rest[number] - code[number]
        lost[number] = reconstruction_at(model, image, without, config).mean() - here
    return ImageCost(here, kl, lost)


@torch.no_grad()
def reconstruction_at(model: Autoencoder, image: Tensor, latents: np.ndarray, config: TrainConfig) -> np.ndarray:
    """Compute −log p(x|z) of an image uint8 (1, C, H, W) at latents (N, latent_dim), in nats: (N,)."""
    logits = model.logits(torch.from_numpy(np.ascontiguousarray(latents, np.float32)).to(model.device))
    pixels = to_unit(image.to(model.device)).expand_as(logits)
    return reconstruction_loss(logits, pixels, config.likelihood, model.sigma).cpu().numpy()
