"""The objective of a run: its terms, in nats per image, and their weighted sum."""

import torch
import torch.nn.functional as F
from torch import Tensor

from vae.models.autoencoders import Output
from vae.models.objectives import kl_divergence, reconstruction_loss
from vae.training.config import TrainConfig

TOTAL = 3  # index of the weighted sum among the terms that `objective` returns


def objective(
    output: Output,
    images: Tensor,
    labels: Tensor | None,
    config: TrainConfig,
    beta: Tensor | float,
    sigma: Tensor | float | None,
) -> Tensor:
    """Compute reconstruction, KL, cross-entropy and their weighted sum, (4,), in nats, means over the batch.

    With one β for each image, (B,), the sum is the mean of reconstruction_i + β_i · KL_i (Bae et al. 2023).
    """
    reconstruction = reconstruction_loss(output.logits, images, config.likelihood, sigma).mean()
    zero = reconstruction.new_zeros(())
    kl = cross_entropy = zero
    total = reconstruction
    if output.log_variance is not None:
        of_images = kl_divergence(output.mean, output.log_variance).sum(1)  # (B,)
        kl = of_images.mean()
        several = isinstance(beta, Tensor) and beta.dim() > 0
        total = total + ((beta * of_images).mean() if several else beta * kl)
    if output.class_logits is not None and labels is not None:
        cross_entropy = F.cross_entropy(output.class_logits, labels)
        total = total + config.classifier_weight * cross_entropy
    return torch.stack([reconstruction, kl, cross_entropy, total])
