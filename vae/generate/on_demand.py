"""Digits on demand: what a ClassifierVAE decodes when it is asked for a class, and whether that is what is seen in it.

Classes are digits on MNIST and whatever the data set has elsewhere.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch

from vae.data.datasets import Dataset, to_unit
from vae.generate.draws import decode_latents, encode_images, prior_latents
from vae.measure.latent_quality import Labelled, probe_hits
from vae.models.autoencoders import ClassifierVAE
from vae.models.judge import Judge, read
from vae.training.config import TrainConfig, recommended

STYLES = 100  # z ~ N(0, I), each decoded with every class: 1,000 draws of ten digits
TRAINING_CODES = 10_000  # that the regression behind `leakage` is fitted to

# The settings of the article 'Variational Autoencoders Explained in Detail'.
ARTICLE = TrainConfig(
    model="classifier-vae",
    latent_dim=10,
    hidden=(128,),
    activation="sigmoid",
    likelihood="gaussian",
    sigma=0.5,
    classifier_weight=10.0,
    epochs=20,
    batch_size=100,
    learning_rate=1e-3,
    schedule="constant",
    adam_beta2=0.999,
)
# The project's own: the recipe for ten dimensions.
OWN = TrainConfig(model="classifier-vae", latent_dim=10, epochs=20, **recommended(10, "mlp", epochs=20))


class Diversity(NamedTuple):
    """Mean Euclidean distance between two images of a class, over all pairs, in the pixel range [0, 1]: (classes,)."""

    drawn: np.ndarray
    real: np.ndarray

    @property
    def ratio(self) -> float:
        """Of the means over classes: 1 where decodes differ as much as test images do, 0 where all are the same."""
        return float(self.drawn.mean() / self.real.mean())


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


def leakage(model: ClassifierVAE, dataset: Dataset) -> float:
    """Share of test images whose class a logistic regression of their codes alone gives.

    The codes are the posterior means, the regression is fitted to those of 10,000 training images. The share of the
    commonest class, a tenth where classes are as frequent, is ideal: the class is then left to the classifier, and z
    to the style.
    """
    count = TRAINING_CODES
    training = Labelled(encode_images(model, dataset.train_images[:count]), dataset.train_labels[:count].numpy())
    test = Labelled(encode_images(model, dataset.test_images), dataset.test_labels.numpy())
    return float(probe_hits(training, test).mean())


def diversity(drawn: np.ndarray, dataset: Dataset) -> Diversity:
    """Of decodes uint8 (N, classes, C, H, W), beside as many test images of each class, or all there are."""
    within, among = [], []
    for label in range(drawn.shape[1]):
        real = dataset.test_images[dataset.test_labels == label][: len(drawn)]
        within.append(_mean_distance(torch.from_numpy(drawn[:, label])))
        among.append(_mean_distance(real))
    return Diversity(np.array(within), np.array(among))


def _mean_distance(images: torch.Tensor) -> float:
    return float(torch.pdist(to_unit(images).flatten(1)).mean()) if len(images) > 1 else 0.0


def measure_on_demand(model: ClassifierVAE, dataset: Dataset, judge: Judge | None, seed: int = 0) -> dict[str, Any]:
    """What metrics.json keeps of a ClassifierVAE: 100 z ~ N(0, I), each with every class.

    Returns:
        - `asked_as_read`: share of the draws in which the judge reads what was asked for, and
          `asked_as_read_by_class`; None without a judge. `asked_draws`: how many.
        - `leakage` and `diversity`: as of the functions of these names; diversity is its ratio.
    """
    drawn = draw_every_class(model, seed=seed)
    found: dict[str, Any] = {
        "asked_as_read": None,
        "asked_as_read_by_class": None,
        "asked_draws": drawn[..., 0, 0, 0].size,
    }
    if judge is not None:
        right = read_classes(judge, drawn) == np.arange(model.classes)
        found |= {"asked_as_read": float(right.mean()), "asked_as_read_by_class": right.mean(0).tolist()}
    return found | {"leakage": leakage(model, dataset), "diversity": diversity(drawn, dataset).ratio}
