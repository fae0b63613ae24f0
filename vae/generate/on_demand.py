"""Digits on demand: what a ClassifierVAE decodes when it is asked for a class, and whether that is what is seen in it.

Classes are digits on MNIST and whatever the data set has elsewhere.
"""

import numpy as np
import pandas as pd
import torch

from vae.generate.draws import prior_latents
from vae.models.autoencoders import ClassifierVAE
from vae.models.codes import decode_latents
from vae.models.judge import Judge, read

STYLES = 100  # z ~ N(0, I), each decoded with every class: 1,000 draws of ten digits


def decode_every_class(model: ClassifierVAE, latents: np.ndarray) -> np.ndarray:
    """Latents float32 (N, latent_dim) → each with every class asked for: images uint8 (N, classes, C, H, W)."""
    codes = np.hstack(
        [latents.repeat(model.classes, axis=0), np.tile(np.eye(model.classes, dtype=np.float32), (len(latents), 1))]
    )
    return decode_latents(model, codes).reshape(len(latents), model.classes, *model.image_shape)


def draw_every_class(model: ClassifierVAE, styles: int = STYLES, seed: int = 0) -> np.ndarray:
    """The same of z ~ N(0, I)."""
    return decode_every_class(model, prior_latents(styles, model.latent_dim, seed))


def read_classes(judge: Judge, drawn: np.ndarray) -> np.ndarray:
    """What the judge reads in images uint8 (N, classes, C, H, W): int64 (N, classes)."""
    return read(judge, torch.from_numpy(drawn).flatten(0, 1))[0].reshape(drawn.shape[:2])


def film_rows(frames: np.ndarray, classes: int) -> np.ndarray:
    """A filmstrip of a ClassifierVAE (epochs, H, classes·W[, 3]) as images (epochs, classes, C, H, W)."""
    epochs, height = frames.shape[:2]
    channels = frames.shape[3] if frames.ndim == 4 else 1
    return frames.reshape(epochs, height, classes, -1, channels).transpose(0, 2, 4, 1, 3).copy()


def with_vae_loss(history: pd.DataFrame, classifier_weight: float) -> pd.DataFrame:
    """A ClassifierVAE's history with the loss of its VAE alone, reconstruction + β · KL, nats per image.

    The total less the weighted cross-entropy, so that it holds while β rises too.
    """
    parts = {
        f"{part}_vae": history[f"{part}_total"] - classifier_weight * history[f"{part}_cross_entropy"]
        for part in ("train", "test")
    }
    return history.assign(**parts)


def asked_against_read(found: np.ndarray) -> np.ndarray:
    """How often class a was asked for and class b read, int64 (classes, classes), a rows, of `read_classes`."""
    classes = found.shape[1]
    return np.stack([np.bincount(column, minlength=classes) for column in found.T])
