"""The forecast of linear theory: which latent dimensions a VAE keeps at a β, from one PCA of the training images.

A linear Gaussian VAE, whose decoder gives N(Wz + m, σ²I), has its optimum in closed form: probabilistic PCA (Tipping &
Bishop 1999). Its i-th dimension stays active where the i-th eigenvalue of the images' covariance is above the decoder's
variance, and is otherwise no better than switched off (Dai et al. 2018, 'Connections with Robust PCA'; Rolínek et al.
2019, 'Variational Autoencoders Pursue PCA Directions'; Lucas et al. 2019, 'Don't Blame the ELBO!'). With a weight β on
the KL, reconstruction/σ² + β · KL is β times the objective of variance βσ²: dimension i is active where λ_i > βσ², and
its KL is then ½ log(λ_i / (βσ²)) nats.

The decoder's variance is not fitted here, since a free one would be another at every β, and the models have none:

- a Gaussian likelihood has a σ, that of the model, which is one for all β;
- a Bernoulli likelihood has, to second order around the mean image m, the variance m(1 − m), a value of its own in
  every pixel. Pixels are divided by its root, so that σ² is 1.
"""

import math
from dataclasses import dataclass

import torch

from vae.data.dataset import Dataset
from vae.data.pixels import at_once, binarise, mean_image
from vae.training.collapse import gains
from vae.training.config import TrainConfig

IMAGES = 10_000  # training images of MNIST's size that the PCA is of; fewer larger ones


@dataclass(frozen=True)
class Forecast:
    """The largest eigenvalues λ of the training images in units of the decoder's variance, one a latent dimension."""

    eigenvalues: tuple[float, ...]  # falling

    def kl(self, beta: float) -> list[float]:
        """Return the KL that a linear VAE has at a β > 0 in each dimension, in nats, falling; 0 if inactive."""
        return [max(0.0, 0.5 * math.log(value / beta)) if value > 0 else 0.0 for value in self.eigenvalues]

    def inactive(self, beta: float) -> int:
        """Return how many dimensions of a linear VAE are inactive at a β."""
        return sum(value <= beta for value in self.eigenvalues)


def forecast(dataset: Dataset, config: TrainConfig, sigma: float) -> Forecast:
    """Forecast the latent dimensions of a VAE with these settings; `sigma` is its decoder's, unused by a Bernoulli.

    Dimensions beyond the number of pixels, or of images, have the eigenvalue 0.
    """
    images = dataset.train_images[: at_once(dataset.train_images, IMAGES)]
    if config.binarised:
        images = binarise(images)
    rarest = 0.5 / len(dataset.train_images)  # a pixel that is the same in all images says nothing
    mean = mean_image(images).clamp(rarest, 1 - rarest)
    found = gains(images, mean, config.likelihood, sigma)[: config.latent_dim].clamp(min=0)
    padded = torch.zeros(config.latent_dim, dtype=found.dtype)
    padded[: len(found)] = found
    return Forecast(tuple(padded.tolist()))
