"""Unusual images: scores of how badly a model fits an image, and how well they detect images of another kind."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae.data.pixels import binarise
from vae.explore.corruption import corrupt
from vae.measure.likelihood import likelihood_terms
from vae.models.autoencoders import VAE, Autoencoder
from vae.models.codes import reconstruct
from vae.training.config import TrainConfig

TURNED = "turned by 90°"  # for square images alone
# Functions by name that make test images unusual: they take and return images uint8 (N, C, H, W).
STAND_INS: dict[str, Callable[[Tensor], Tensor]] = {
    TURNED: lambda images: images.rot90(1, (2, 3)),
    "upside down": lambda images: images.flip(2),
    "cut to a strip": lambda images: _strip(images),
    "inverted": lambda images: 255 - images,
    "with noise": lambda images: corrupt(images, "Gaussian noise", NOISE).images,
    "shuffled pixels": lambda images: _shuffled(images),
    "noise alone": lambda images: torch.randint(0, 256, images.shape, dtype=torch.uint8, generator=_stream()),
}
NOISE = 0.3  # σ, in units of the pixel range
STRIP = 1 / 7  # share of the width that is kept


@dataclass(frozen=True)
class Score:
    """A number that is high for an image that a model fits badly."""

    label: str
    unit: str


SCORES = {
    "elbo": Score("−ELBO", "nats"),
    "reconstruction": Score("reconstruction loss", "nats"),
    "squared error": Score("squared error", "summed over pixels"),
}


@dataclass(frozen=True, eq=False)
class Detection:
    """The quality of a score as a detector of images of another kind than a model's own."""

    false_alarms: np.ndarray  # share of own images at or above a threshold, for each corner of the ROC curve
    found: np.ndarray  # share of other images at or above the same threshold
    auroc: float  # probability that a random other image scores higher: ½ is chance, 1 perfect, below ½ reversed


def scores(model: Autoencoder, images: Tensor, config: TrainConfig, score: str, seed: int = 0) -> np.ndarray:
    """Compute a score of `SCORES` for images uint8 (N, C, H, W): float (N,), higher is more unusual.

    −ELBO is reconstruction + KL, with β = 1 whatever the model was trained with. The reconstruction loss is taken
    with one draw of z. It and −ELBO use binarised images if the model was trained on those. The squared error is that
    of the image decoded from its code.

    Raises:
        ValueError: for an unknown score, the ELBO of an AE, which has none, or images of another shape.
    """
    if score not in SCORES:
        raise ValueError(f"There is no score {score!r}; choose one of {', '.join(SCORES)}.")
    if tuple(images.shape[1:]) != model.image_shape:
        raise ValueError(f"{shape_text(images.shape[1:])}: the model reads {shape_text(model.image_shape)}.")
    if score == "squared error":
        return reconstruct(model, images)[1] * images[0].numel()
    terms = likelihood_terms(model, binarise(images) if config.binarised else images, config, seed)
    if score == "reconstruction":
        return terms["reconstruction"]
    if "kl" not in terms:
        raise ValueError("An autoencoder has no ELBO; choose the reconstruction loss or the squared error.")
    return terms["reconstruction"] + terms["kl"].sum(1)


def usual_score(model: Autoencoder) -> str:
    """Return the score of `SCORES` that is taken where none is chosen: −ELBO, or an AE's reconstruction loss."""
    return "elbo" if isinstance(model, VAE) else "reconstruction"


def shape_text(shape: tuple[int, ...] | torch.Size) -> str:
    """Return an image shape (C, H, W) as `images of 1 × 28 × 28 (channels × height × width)`."""
    return f"images of {' × '.join(map(str, shape))} (channels × height × width)"


def detection(own: np.ndarray, other: np.ndarray) -> Detection:
    """Compute the ROC curve and its area for telling other images, by their scores (M,), from own images (N,)."""
    from sklearn.metrics import roc_auc_score, roc_curve

    truth = np.concatenate([np.zeros(len(own)), np.ones(len(other))])
    values = np.concatenate([own, other])
    false_alarms, found, _ = roc_curve(truth, values)
    return Detection(false_alarms, found, float(roc_auc_score(truth, values)))


def _stream() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _strip(images: Tensor) -> Tensor:
    """Keep only the middle columns of each image, on black, which are too few to show a digit."""
    width = images.shape[3]
    columns = max(1, round(STRIP * width))
    start = (width - columns) // 2
    strip = torch.zeros_like(images)
    strip[..., start : start + columns] = images[..., start : start + columns]
    return strip


def _shuffled(images: Tensor) -> Tensor:
    """Shuffle the pixels of all images by one permutation: brightness stays, structure is lost."""
    height, width = images.shape[2:]
    order = torch.randperm(height * width, generator=_stream())
    return images.flatten(2)[:, :, order].unflatten(2, (height, width))
