"""Digits on demand: what a ClassifierVAE decodes when asked for a class, and whether a judge reads that class in it.

The classes are digits on MNIST, and those of the data set otherwise.
"""

from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.generate.draws import prior_latents
from vae.models.autoencoders import ClassifierVAE
from vae.models.codes import decode_latents
from vae.models.judge import Judge, read

if TYPE_CHECKING:  # pandas takes 60 MB, which a worker process need not have
    import pandas as pd

STYLES = 100  # z ~ N(0, I), each decoded with every class: 1,000 draws of ten digits


def decode_every_class(model: ClassifierVAE, latents: np.ndarray) -> np.ndarray:
    """Decode each of the latents float32 (N, latent_dim) with every class: images uint8 (N, classes, C, H, W)."""
    codes = np.hstack(
        [latents.repeat(model.classes, axis=0), np.tile(np.eye(model.classes, dtype=np.float32), (len(latents), 1))]
    )
    return decode_latents(model, codes).reshape(len(latents), model.classes, *model.image_shape)


def draw_every_class(model: ClassifierVAE, styles: int = STYLES, seed: int = 0) -> np.ndarray:
    """Decode `styles` draws z ~ N(0, I), each with every class: images uint8 (styles, classes, C, H, W)."""
    return decode_every_class(model, prior_latents(styles, model.latent_dim, seed))


def read_classes(judge: Judge, drawn: np.ndarray) -> np.ndarray:
    """Return the class that the judge reads in each of the images uint8 (N, classes, C, H, W): int64 (N, classes)."""
    return read(judge, torch.from_numpy(drawn).flatten(0, 1))[0].reshape(drawn.shape[:2])


def film_rows(frames: np.ndarray, classes: int) -> np.ndarray:
    """Cut a ClassifierVAE's filmstrip (epochs, H, classes·W[, 3]) into images (epochs, classes, C, H, W)."""
    epochs, height = frames.shape[:2]
    channels = frames.shape[3] if frames.ndim == 4 else 1
    return frames.reshape(epochs, height, classes, -1, channels).transpose(0, 2, 4, 1, 3).copy()


def with_vae_loss(history: "pd.DataFrame", classifier_weight: float) -> "pd.DataFrame":
    """Add to a ClassifierVAE's history the loss of its VAE alone, reconstruction + β · KL, in nats per image.

    It is computed as the total minus the weighted cross-entropy, so that it is right while β still rises.
    """
    parts = {
        f"{part}_vae": history[f"{part}_total"] - classifier_weight * history[f"{part}_cross_entropy"]
        for part in ("train", "test")
    }
    return history.assign(**parts)


def asked_against_read(found: np.ndarray) -> np.ndarray:
    """Count how often class a was asked for (row) and class b read (column), int64 (classes, classes).

    `found` is the result of `read_classes`, int64 (N, classes).
    """
    classes = found.shape[1]
    return np.stack([np.bincount(column, minlength=classes) for column in found.T])
