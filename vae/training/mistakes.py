"""Classic mistakes in the training of a VAE, made on purpose, each as people write it.

A run whose settings name a mistake learns by it. What is reported and measured of that run is right all the same: only
what the weights learn from is wrong. The right objective is in `models/objectives.py` and `training/objective.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from vae.models.autoencoders import Autoencoder, Noise, Output, widened
from vae.training.config import TrainConfig
from vae.training.objective import TOTAL, objective

# The settings of the runs that show the mistakes: a plain VAE that trains in seconds, with β 1 from the first step on.
RECIPE = TrainConfig(latent_dim=10, hidden=(128, 128), batch_size=128, learning_rate=3e-3, epochs=5)

Forward = Callable[[Autoencoder, Tensor, Noise], Output]
Objective = Callable[[Output, Tensor, Tensor | None, TrainConfig, Tensor | float, Tensor | float | None], Tensor]
# Takes the reconstruction loss in nats per image, the output, the images and β; returns what is minimised.
Total = Callable[[Tensor, Output, Tensor, Tensor | float], Tensor]


class Learning(NamedTuple):
    """The computation of a step: how images pass through the model, and the terms (4,) of its objective."""

    forward: Forward
    objective: Objective


def learning(mistake: str) -> Learning:
    """Return the computation of a step with a mistake, one of `config.MISTAKES`, or the right one for ""."""
    return Learning(_FORWARDS.get(mistake, _right), _with(_TOTALS[mistake]) if mistake in _TOTALS else objective)


def _right(model: Autoencoder, images: Tensor, noise: Noise) -> Output:
    return model(images, noise)


def _without_noise(model: Autoencoder, images: Tensor, _: Noise) -> Output:
    """Decode the posterior's mean in the place of a z that is drawn."""
    mean, log_variance = model.posterior(images)
    return Output(widened(model.logits(mean)), mean, log_variance)


def _with(total: Total) -> Objective:
    """Return `objective` with another weighted sum of its terms."""

    def wrong(
        output: Output,
        images: Tensor,
        labels: Tensor | None,
        config: TrainConfig,
        beta: Tensor | float,
        sigma: Tensor | float | None,
    ) -> Tensor:
        terms = objective(output, images, labels, config, beta, sigma)
        return torch.stack([*terms[:TOTAL], total(terms[0], output, images, beta)])

    return wrong


def _mean_over_pixels(reconstruction: Tensor, output: Output, images: Tensor, beta: Tensor | float) -> Tensor:
    """Average the reconstruction loss over the D values of an image, where the KL is summed: β is D times as large."""
    mean, log_variance = _posterior(output)
    kl = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(1).mean()
    return reconstruction / images[0].numel() + beta * kl


def _without_half(reconstruction: Tensor, output: Output, _: Tensor, beta: Tensor | float) -> Tensor:
    """Leave out the ½ of the KL, which then counts twice."""
    mean, log_variance = _posterior(output)
    return reconstruction + beta * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()


def _with_wrong_sign(reconstruction: Tensor, output: Output, _: Tensor, beta: Tensor | float) -> Tensor:
    """Add −KL to what is minimised, as Kingma & Welling 2014, appendix B, print it for what is maximised."""
    mean, log_variance = _posterior(output)
    return reconstruction + beta * 0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(1).mean()


def _posterior(output: Output) -> tuple[Tensor, Tensor]:
    assert output.log_variance is not None  # the settings allow a mistake in a VAE alone
    return output.mean, output.log_variance


_FORWARDS: dict[str, Forward] = {"no-noise": _without_noise}
_TOTALS: dict[str, Total] = {
    "mean": _mean_over_pixels,
    "no-half": _without_half,
    "kl-sign": _with_wrong_sign,
}
