"""Reports of a training run: its losses, the report after an epoch, and looks at the model between them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vae.errors import VaeError
from vae.models.autoencoders import Autoencoder


class TrainingDivergedError(VaeError):
    """The loss became infinite, not a number, or far larger than at the start; the message names epoch and remedy."""


class Losses(NamedTuple):
    """The terms of the objective, means over images in nats per image."""

    reconstruction: float
    kl: float  # 0 for an autoencoder
    cross_entropy: float  # the classifier's, not weighted; 0 without a classifier
    total: float  # reconstruction + β · KL + w · cross-entropy


@dataclass(frozen=True, eq=False)
class EpochReport:
    """The state of a run after an epoch, or after the part of an epoch in which its budget ended."""

    epoch: float  # passes over the training images so far
    step: int
    progress: float  # fraction of the budget spent
    train: Losses  # over this epoch's batches, while the weights changed; of a MultiRateVAE over the β that were drawn
    test: Losses  # over all test images, one draw of z each, with the same noise in every epoch
    seconds: float  # spent on training in this epoch, without tests
    elapsed: float  # seconds since the run began, everything included
    images_per_second: float
    # uint8 (16, C, H, W), decoded from the same z in every report; from a ClassifierVAE uint8 (classes, C, H, W), one
    # image of each class, all decoded from one z that is drawn anew for every report
    samples: np.ndarray
    latents: np.ndarray  # float32 (2000, latent_dim), the codes of the first 2,000 test images
    kl_per_dimension: np.ndarray | None  # float32 (latent_dim,), nats, mean over all test images; None for an AE
    stepping: str  # `CUDA graph` or `eager`; if capture failed, also why
    precision: str  # of the products: `float32` or `bfloat16`
    model: Autoencoder  # the live model, which further training changes: copy what is to be kept
    # that the run is no better than the mean image, why, and what to do, in words that follow "it has"; empty if it is
    # better, or if it is too early to say
    collapse: str = ""

    def row(self) -> dict[str, float]:
        """Return the report's line of history.csv."""
        losses = {f"{part}_{k}": v for part in ("train", "test") for k, v in getattr(self, part)._asdict().items()}
        return {"epoch": round(self.epoch, 4), "step": self.step} | losses | {
            "seconds": self.seconds,
            "elapsed": self.elapsed,
            "images_per_second": self.images_per_second,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Look:
    """The state of a run at a moment within an epoch, over few images, so that it costs little."""

    progress: float  # fraction of the budget spent
    step: int
    elapsed: float  # seconds since the run began, everything included
    beta: float  # β now, which a warm-up or a run that trains on moves
    test: Losses  # over the first `LOOKED` test images, one draw of z each, with the same noise at every look
    latents: np.ndarray  # float32 (LOOKED, latent_dim), the codes of the first `LOOKED` test images
    model: Autoencoder  # the live model, in evaluation mode
    collapse: str = ""  # as in an `EpochReport`

    def row(self) -> dict[str, float]:
        """Return the look's numbers by name; losses in nats per image."""
        return {
            "progress": self.progress,
            "step": self.step,
            "elapsed": self.elapsed,
            "beta": self.beta,
            "reconstruction": self.test.reconstruction,
            "kl": self.test.kl,
        }
