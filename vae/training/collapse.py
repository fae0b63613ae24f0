"""Runs that reconstruct no better than the mean image does: whether a run is one of them, and the facts about it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from vae.data.pixels import at_once, binarise, to_unit, with_noise
from vae.data.pixels import mean_image as mean_of
from vae.models.autoencoders import Autoencoder
from vae.models.objectives import reconstruction_loss
from vae.training.config import TrainConfig
from vae.training.remedy import EARLIEST, Findings, describe

# Of the way from the mean image's loss down to the least possible one; runs that learn are past it within 50 steps.
MARGIN = 0.01
SAMPLE, WATCHED = 2_000, 500  # training images that are looked at for a cause, and for dead units
BATCH = 1_000


@dataclass(frozen=True)
class Bounds:
    """The losses of the same images between which a model's lies, in nats per image."""

    mean_image: float  # of a decoder that always gives the mean training image
    least: float  # of a decoder that gives every image itself

    def no_better(self, reconstruction: float) -> bool:
        """Tell whether a loss is that of the mean image, or above it."""
        return self.mean_image - reconstruction < MARGIN * (self.mean_image - self.least)


class CollapseWatch:
    """Compares a run's reconstruction with the mean image's, and looks for the cause where it is no better.

    Args:
        mean_image: (C, H, W) in [0, 1], of all training images.
        train_images: uint8 (N, C, H, W).
        test_images: uint8 (M, C, H, W), those that the run is tested on.
    """

    def __init__(self, config: TrainConfig, mean_image: Tensor, train_images: Tensor, test_images: Tensor) -> None:
        self.config, self.test_images = config, test_images
        # No image would be possible that has a value other than 0 or 1 where all training images have the same.
        rarest = 0.5 / len(train_images)
        self.mean_image = mean_image.to(test_images.device).clamp(rarest, 1 - rarest)
        self._train_images = train_images[:SAMPLE]
        self._known: dict[tuple[int | None, float], Bounds | None] = {}

    def describe(self, model: Autoencoder, reconstruction: float, progress: float, step: int, count: int | None) -> str:
        """Say in one sentence that a run is no better than the mean image, why, and what to do; "" if it is better.

        Nothing is said of a run that shows a mistake: it is meant to be as it is.

        Args:
            model: in evaluation mode.
            reconstruction: the model's loss of the first `count` test images, or of all, in nats per image.
            progress: the fraction of the budget that is spent.
            step: how many steps that was.
        """
        if progress < EARLIEST or self.config.mistake:
            return ""
        known = self._bounds(model, count)
        if known is None or not known.no_better(reconstruction) or self._learned(model):
            return ""
        variational, pixels = self.config.model != "ae", to_unit(self._sample[:WATCHED])
        most = self._largest_beta if variational else float("inf")
        return describe(self.config, Findings(known.mean_image, most, dead_units(model, pixels), step, progress))

    def _bounds(self, model: Autoencoder, count: int | None) -> Bounds | None:
        key = count, float(model.sigma)
        if key not in self._known:
            images = self.test_images[:count]
            self._known = {key: bounds(self.mean_image, images, self.config.likelihood, model.sigma)} | {
                known: found for known, found in self._known.items() if known[0] != count
            }
        return self._known[key]

    @torch.no_grad()
    def _learned(self, model: Autoencoder) -> bool:
        """Tell whether the model does better on training images, as it sees them: it then fits them too well instead.

        A denoising AE, for example, may reconstruct the noisy images that it knows, and no clean ones.
        """
        images, config = self._sample[: at_once(self._sample, BATCH)], self.config
        noise = torch.Generator(images.device).manual_seed(config.seed)
        pixels = to_unit(images)
        seen = with_noise(pixels, config.input_noise, noise) if config.input_noise else pixels
        loss = reconstruction_loss(model(seen, noise).logits, pixels, config.likelihood, model.sigma).mean()
        known = bounds(self.mean_image, images, config.likelihood, model.sigma)
        return known is None or not known.no_better(float(loss))

    @cached_property
    def _sample(self) -> Tensor:
        images = binarise(self._train_images) if self.config.binarised else self._train_images
        return images.to(self.mean_image.device)

    @cached_property
    def _largest_beta(self) -> float:
        sigma = self.config.sigma if self.config.likelihood == "gaussian" else None
        return largest_beta(self._sample, self.mean_image, self.config.likelihood, sigma)


def bounds(mean_image: Tensor, images: Tensor, likelihood: str, sigma: Tensor | float | None) -> Bounds | None:
    """Compute the `Bounds` of images uint8 (N, C, H, W); return None for images that do not differ from each other.

    Args:
        mean_image: (C, H, W) in (0, 1), of the training images.
    """
    if int((images.amax(0) - images.amin(0)).max()) <= 1:  # there is nothing to learn
        return None
    if likelihood == "bernoulli":  # linear in the pixels, so that the mean of the losses is the loss of the mean
        pixels = mean_of(images)[None]
        lost = float(reconstruction_loss(mean_image[None].logit(), pixels, likelihood))
    else:
        size = at_once(images, BATCH)
        given = mean_image[None].logit().expand(size, -1, -1, -1)
        losses = [reconstruction_loss(given[: len(b)], to_unit(b), likelihood, sigma).sum() for b in images.split(size)]
        lost = float(torch.stack(losses).sum()) / len(images)
    levels = (torch.arange(256, device=images.device) / 255)[:, None, None, None]
    least = reconstruction_loss(levels.clamp(1e-6, 1 - 1e-6).logit(), levels, likelihood, sigma)
    counts = torch.bincount(images.flatten(), minlength=256)
    return Bounds(lost, float(counts.to(least.dtype) @ least) / len(images))


def largest_beta(images: Tensor, mean_image: Tensor, likelihood: str, sigma: float | None = None) -> float:
    """Compute the β from which on a VAE of images uint8 (N, C, H, W) loses nothing without its code: λ₁ of `gains`.

    Args:
        mean_image: (C, H, W) in (0, 1), of the training images.
        sigma: of a Gaussian; None for the optimal one, the deviation from the mean image.
    """
    return float(gains(images, mean_image, likelihood, sigma)[0])


def gains(images: Tensor, mean_image: Tensor, likelihood: str, sigma: float | None = None) -> Tensor:
    """Compute what a code along each principal direction of images uint8 (N, C, H, W) earns: λ, falling, float64.

    Close to a decoder that always gives the mean image m, a code along one direction earns λ/2 nats where its KL costs
    β/2 in the objective, to second order. λ are the eigenvalues of the covariance of the images, each value in units of
    its likelihood's deviation: √(m(1 − m)) for `bernoulli`, σ for a Gaussian. At β ≥ λ₁ the posterior collapses. For a
    linear VAE and β = 1 this is in Lucas et al. 2019, 'Don't Blame the ELBO!', section 4.

    Args:
        mean_image: (C, H, W) in (0, 1), of the training images.
        sigma: of a Gaussian; None for the optimal one, the deviation from the mean image.

    Returns:
        As many λ as the images have values, or as there are images if these are fewer.
    """
    apart = to_unit(images) - mean_image
    if likelihood == "bernoulli":
        deviation = (mean_image * (1 - mean_image)).sqrt()
    else:
        deviation = torch.full_like(mean_image, sigma or float(apart.square().mean().sqrt()))
    scaled = (apart / deviation).flatten(1).double().cpu()  # not every device has doubles
    # Both products have their largest eigenvalues in common, and one of them is smaller.
    product = scaled @ scaled.T if scaled.shape[0] < scaled.shape[1] else scaled.T @ scaled
    return torch.linalg.eigvalsh(product).flip(0) / len(scaled)


@torch.no_grad()
def dead_units(model: Autoencoder, images: Tensor) -> float:
    """Return the largest share, of all layers, of units that give one value for all images (B, C, H, W) in [0, 1]."""
    shares = []

    def watch(_: nn.Module, __: Any, output: Tensor) -> None:
        apart = output.amax(0) - output.amin(0)
        shares.append(float((apart <= 1e-6 * output.abs().amax(0)).float().mean()))

    leaves = [layer for layer in model.modules() if not [*layer.children(), *layer.parameters()]]
    activations = [layer for layer in leaves if not isinstance(layer, nn.Flatten | nn.Unflatten)]
    hooks = [layer.register_forward_hook(watch) for layer in activations]
    try:
        model(images, torch.Generator(images.device).manual_seed(0))
    finally:
        for hook in hooks:
            hook.remove()
    return max(shares)
