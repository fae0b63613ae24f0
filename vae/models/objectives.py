"""The training objective, in nats: reconstruction + β · KL, with the classifier's cross-entropy where there is one.

Every term is summed over an image's pixels or a code's dimensions and never averaged over them, so that the objective
at β = 1 is the negative ELBO and the terms of two models can be compared. Averaging over images is left to the caller.
"""

from math import exp, log, pi

import torch
import torch.nn.functional as F
from torch import Tensor

BETA_MOVES = 1 / 3  # fraction of a run that trains on, over which β goes from its old to its new value
SMALLEST_BETA = 1e-3


def reconstruction_loss(
    logits: Tensor, images: Tensor, likelihood: str = "bernoulli", sigma: Tensor | float | None = None
) -> Tensor:
    """Compute −log p(x|z) of every image in nats.

    - `bernoulli`: Σ softplus(ℓ) − ℓ·x, the cross-entropy of the pixels. For grey pixels, which are no values
      of a Bernoulli variable, it is a loss and not a likelihood: its minimum is the pixels' entropy and not 0.
    - `gaussian`: Σ (x − x̂)² / 2σ² + D/2 · log 2πσ², with x̂ = sigmoid(ℓ), D values an image and the σ given.
    - `optimal-gaussian`: the `gaussian` loss with the σ that minimises it, σ² = mean (x − x̂)² over the batch, unless
      a σ, found in training, is given (σ-VAE; Rybkin, Daniilidis & Levine 2021, equation 6).

    Args:
        logits: (B, C, H, W), the decoder's output.
        images: (B, C, H, W) in [0, 1].
        sigma: in units of the pixel range [0, 1].

    Returns:
        (B,) float32.
    """
    if likelihood == "bernoulli":
        return F.binary_cross_entropy_with_logits(logits, images, reduction="none").flatten(1).sum(1)
    squared_error = (images - torch.sigmoid(logits)).square().flatten(1)
    values = squared_error.shape[1]
    if likelihood == "optimal-gaussian" and sigma is None:
        variance = squared_error.mean().clamp_min(1e-6)
    else:
        variance = torch.as_tensor(sigma, device=logits.device, dtype=logits.dtype).square()
    return squared_error.sum(1) / (2 * variance) + values / 2 * torch.log(2 * pi * variance)


def optimal_sigma(mean_loss: float, values: int) -> float:
    """Return the σ behind an `optimal-gaussian` loss of `mean_loss` nats per image of `values` values.

    At the optimum the loss is D/2 · (log 2πσ² + 1), solved here for σ.
    """
    return exp((2 * mean_loss / values - 1 - log(2 * pi)) / 2)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Compute KL(N(μ, σ²) ‖ N(0, 1)) of every latent dimension in nats, (B, latent_dim): ½ (μ² + σ² − 1 − log σ²).

    The formula is in Kingma & Welling 2014, appendix B. The sum over dimensions is an image's KL.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)


def beta_at(progress: float, beta: float, warmup: float) -> float:
    """Return β after a fraction `progress` of a run, rising linearly over the first `warmup` (Bowman et al. 2016)."""
    return beta * min(1.0, progress / warmup) if warmup > 0 else beta


def beta_between(progress: float, start: float, end: float) -> float:
    """Return β after a fraction `progress` of a run that trains on: log β moves to `end` in the run's first third.

    An end of 0 has no logarithm, and `SMALLEST_BETA` stands for it until the third is over.
    """
    if progress >= BETA_MOVES or start == end:
        return end
    low, high = max(start, SMALLEST_BETA), max(end, SMALLEST_BETA)
    return low * (high / low) ** (progress / BETA_MOVES)
