"""What one image costs a model, in nats: its reconstruction, its KL, and what each number of its code is worth."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae.config import TrainConfig
from vae.data import to_unit
from vae.likelihood import likelihood
from vae.models import VAE, Autoencoder
from vae.objectives import reconstruction_loss
from vae.sampling import encode_posteriors


@dataclass(frozen=True, eq=False)
class Ledger:
    """Of one image, in nats; `rest` is what each number of the code is set to in turn."""

    reconstruction: float  # −log p(x|z): a VAE's mean over draws z ~ q(z|x), an AE's at its code
    kl: np.ndarray | None  # (latent_dim,) KL(q(z|x) ‖ N(0, 1)); None for an autoencoder
    at_code: float  # −log p(x|z) at the code itself, a VAE's posterior mean
    lost: np.ndarray  # (latent_dim,) by how much that rises with this number at rest and all others as they are
    rest: np.ndarray  # (latent_dim,)


def ledger(model: Autoencoder, image: Tensor, config: TrainConfig, rest: np.ndarray, draws: int = 100) -> Ledger:
    """What an image uint8 (1, C, H, W) costs; `rest` (latent_dim,) is a VAE's prior mean 0, or an AE's mean code."""
    code = encode_posteriors(model, image)[0]
    latents = np.repeat(code, 1 + model.latent_dim, axis=0)
    latents[np.arange(1, len(latents)), np.arange(model.latent_dim)] = rest
    losses = reconstruction_at(model, image, latents, config)
    reconstruction, kl = float(losses[0]), None
    if isinstance(model, VAE):
        found = likelihood(model, image, config, draws=(draws,))
        reconstruction, kl = float(found.reconstruction[0]), found.kl[0]
    return Ledger(reconstruction, kl, float(losses[0]), losses[1:] - losses[0], rest)


@torch.no_grad()
def reconstruction_at(model: Autoencoder, image: Tensor, latents: np.ndarray, config: TrainConfig) -> np.ndarray:
    """−log p(x|z) of an image uint8 (1, C, H, W) at latents (N, latent_dim), nats, (N,)."""
    device = next(model.parameters()).device
    logits = model.decoder(torch.from_numpy(np.ascontiguousarray(latents, np.float32)).to(device))
    pixels = to_unit(image.to(device)).expand_as(logits)
    return reconstruction_loss(logits, pixels, config.likelihood, model.sigma).cpu().numpy()
