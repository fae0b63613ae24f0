"""Likelihood of images under a model: reconstruction, KL, ELBO and importance-weighted bounds, in nats per image."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, prod

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vae.data.pixels import at_once, to_unit
from vae.models.autoencoders import Autoencoder, ClassifierVAE
from vae.models.codes import BATCH
from vae.models.objectives import kl_divergence, reconstruction_loss
from vae.progress import Report
from vae.training.config import TrainConfig

# Values decoded at a time: on a CPU as many as its cache holds, elsewhere as many as keep a GPU busy.
VALUES = {"cpu": 2**19}
VALUES_ELSEWHERE = 2**26


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Likelihood terms of every image in nats, for the images as they were given, grey or binarised."""

    reconstruction: np.ndarray  # (N,) −E log p(x|z), the mean over all draws z ~ q(z|x)
    kl: np.ndarray  # (N, latent_dim) KL(q(z|x) ‖ p(z))
    bounds: dict[int, np.ndarray]  # by number of draws k: (N,), a lower bound on log p(x)

    @property
    def elbo(self) -> np.ndarray:
        """−(reconstruction + KL), (N,); `bounds[1]` estimates it with a sampled KL."""
        return -(self.reconstruction + self.kl.sum(1))


@torch.no_grad()
def likelihood(
    model: Autoencoder,
    images: Tensor,
    config: TrainConfig,
    draws: Sequence[int] = (1, 50),
    seed: int = 0,
    on_progress: Report | None = None,
) -> Likelihood:
    """Compute lower bounds on the log-likelihood of images uint8 (N, C, H, W), the tighter the more draws k they take.

    L_k = E log 1/k Σᵢ p(x|zᵢ) p(zᵢ) / q(zᵢ|x), zᵢ ~ q(z|x) (Burda, Grosse & Salakhutdinov 2016, section 3). L_1 is
    the ELBO, L_∞ is log p(x). max(draws) codes are drawn for every image, and L_k is the mean over all disjoint
    groups of k among them. Smaller k therefore cost nothing more, and an image's bounds rise with k wherever each k
    divides the next. The likelihood is the one that the model was trained with. Grey pixels have no true likelihood
    under a Bernoulli (`objectives.reconstruction_loss`), and published Bernoulli bounds are those of binarised images
    (`data.pixels.binarise`). The decoder of a ClassifierVAE is given the class probabilities that its classifier reads
    in the image.

    Args:
        on_progress: called with the fraction done after every pass through the decoder; an exception that it raises
            ends the measurement.

    Raises:
        ValueError: for an AE, which has no likelihood, or if a number of draws is missing or below 1.
    """
    if not draws or min(draws) < 1:
        raise ValueError(f"The number of draws must be at least 1, not {min(draws, default=0)}.")
    most = max(draws)
    noise = torch.Generator(model.device).manual_seed(seed)
    reconstruction, kl = [], []
    bounds: dict[int, list[Tensor]] = {k: [] for k in draws}
    done = 0
    for pixels, mean, log_variance, condition in _posteriors(model, images, most):
        losses, log_ratios = [], []
        for count in _passes(len(pixels), most, model):
            epsilon = torch.randn(len(pixels), count, model.latent_dim, generator=noise, device=mean.device)
            z = torch.addcmul(mean[:, None], torch.exp(0.5 * log_variance)[:, None], epsilon)
            losses.append(_losses(model, z, condition, pixels, config.likelihood))  # (B, count)
            # log p(z) − log q(z|x), whose constants cancel
            log_ratios.append(0.5 * (epsilon.square() - z.square() + log_variance[:, None]).sum(2))
            done += len(pixels) * count
            if on_progress is not None:
                on_progress(done / (len(images) * most))
        loss = torch.cat(losses, 1)  # (B, max(draws))
        log_weights = torch.cat(log_ratios, 1) - loss
        for k, found in bounds.items():
            groups = log_weights[:, : most // k * k].unflatten(1, (-1, k))
            found.append((groups.logsumexp(2) - log(k)).mean(1))
        reconstruction.append(loss.mean(1))
        kl.append(kl_divergence(mean, log_variance))
    return Likelihood(_joined(reconstruction), _joined(kl), {k: _joined(found) for k, found in bounds.items()})


def _joined(parts: list[Tensor]) -> np.ndarray:
    return torch.cat(parts).cpu().numpy()


def _posteriors(
    model: Autoencoder, images: Tensor, draws: int
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor | None]]:
    """Yield pixels, mean, log variance and class probabilities of as many images at a time as a decoder pass holds."""
    few = max(1, _rows(model) // draws)
    for batch in images.split(at_once(images, BATCH)):
        pixels = to_unit(batch.to(model.device))
        mean, log_variance = model.posterior(pixels)
        if log_variance is None:
            raise ValueError("An autoencoder has no likelihood: its code is a point, and nothing says how probable.")
        condition = model.classifier(pixels).softmax(1) if isinstance(model, ClassifierVAE) else None
        for part in torch.arange(len(pixels), device=model.device).split(few):
            yield pixels[part], mean[part], log_variance[part], None if condition is None else condition[part]


def _rows(model: Autoencoder) -> int:
    return max(1, VALUES.get(model.device.type, VALUES_ELSEWHERE) // prod(model.image_shape))


def _passes(images: int, draws: int, model: Autoencoder) -> Iterator[int]:
    size = max(1, _rows(model) // images)
    for start in range(0, draws, size):
        yield min(size, draws - start)


def _losses(model: Autoencoder, z: Tensor, condition: Tensor | None, pixels: Tensor, kind: str) -> Tensor:
    """Compute `objectives.reconstruction_loss` for z (B, K, latent_dim) and pixels (B, C, H, W): (B, K)."""
    images, draws = z.shape[:2]
    if condition is not None:
        z = torch.cat([z, condition[:, None].expand(-1, draws, -1)], dim=2)
    logits = model.logits(z.flatten(0, 1))
    if kind != "bernoulli":
        return reconstruction_loss(logits, pixels.repeat_interleave(draws, 0), kind, model.sigma).view(images, draws)
    # Σ softplus(ℓ) − ℓ·x, with the second term as a product of matrices: half the time of torch's cross-entropy.
    logits = logits.view(images, draws, -1)
    agreement = torch.bmm(logits, pixels.flatten(1)[:, :, None])[:, :, 0]
    return F.softplus(logits).sum(2) - agreement


def likelihood_terms(model: Autoencoder, images: Tensor, config: TrainConfig, seed: int = 0) -> dict[str, np.ndarray]:
    """Compute for each image in nats, with one draw of z, `reconstruction` (N,) and a VAE's `kl` (N, latent_dim)."""
    found = list(terms_by_batch(model, images, config, seed))
    terms = {"reconstruction": _joined([reconstruction for reconstruction, _ in found])}
    divergences = [kl for _, kl in found if kl is not None]
    return terms | ({"kl": _joined(divergences)} if divergences else {})


@torch.no_grad()
def terms_by_batch(
    model: Autoencoder, images: Tensor, config: TrainConfig, seed: int = 0
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Yield the terms of `likelihood_terms` for a batch of images after another, so that memory does not grow.

    They are (B,) and (B, latent_dim), or None for an AE; B is `at_once(images, BATCH)`, and less in the end.
    """
    noise = torch.Generator(model.device).manual_seed(seed)
    for batch in images.split(at_once(images, BATCH)):
        pixels = to_unit(batch.to(model.device))
        output = model(pixels, noise)
        kl = None if output.log_variance is None else kl_divergence(output.mean, output.log_variance)
        yield reconstruction_loss(output.logits, pixels, config.likelihood, model.sigma), kl
