"""Measure a ClassifierVAE: digits read as asked for, leakage of the digit into z, and diversity of decodes."""

from typing import Any, NamedTuple

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.data.pixels import to_unit
from vae.generate.on_demand import draw_every_class, read_classes
from vae.measure.latent_quality import Labelled, has_classes, probe_hits
from vae.models.autoencoders import ClassifierVAE
from vae.models.codes import encode_images
from vae.models.judge import Judge

TRAINING_CODES = 10_000  # codes that the regression of `leakage` is fitted to


class Diversity(NamedTuple):
    """Mean Euclidean distance between two images of a class, over all pairs, in the pixel range [0, 1]: (classes,).

    A class of which no two test images differ, as one with a single test image, is left out of both.
    """

    drawn: np.ndarray
    real: np.ndarray

    @property
    def ratio(self) -> float | None:
        """Ratio of the means over classes: 1 if decodes differ as much as test images do, 0 if all are the same.

        It is None where every class is left out.
        """
        return float(self.drawn.mean() / self.real.mean()) if len(self.real) else None


def leakage(model: ClassifierVAE, dataset: Dataset) -> float:
    """Return the share of test images whose class a logistic regression of their codes alone gives.

    The codes are the posterior means, and the regression is fitted to those of 10,000 training images. The ideal is the
    share of the commonest class, a tenth for ten equally frequent classes: the class is then left to the classifier,
    and z carries the style.
    """
    count = TRAINING_CODES
    training = Labelled(encode_images(model, dataset.train_images[:count]), dataset.train_labels[:count].numpy())
    test = Labelled(encode_images(model, dataset.test_images), dataset.test_labels.numpy())
    return float(probe_hits(training, test).mean())


def diversity(drawn: np.ndarray, dataset: Dataset) -> Diversity:
    """Compute the `Diversity` of decodes uint8 (N, classes, C, H, W) and of N test images a class, or all there are."""
    within, among = [], []
    for label in range(drawn.shape[1]):
        real = dataset.test_images[torch.nonzero(dataset.test_labels == label)[: len(drawn), 0]]
        distance = _mean_distance(real)
        if distance > 0:
            within.append(_mean_distance(torch.from_numpy(drawn[:, label])))
            among.append(distance)
    return Diversity(np.array(within), np.array(among))


def _mean_distance(images: torch.Tensor) -> float:
    return float(torch.pdist(to_unit(images).flatten(1)).mean()) if len(images) > 1 else 0.0


def measure_on_demand(model: ClassifierVAE, dataset: Dataset, judge: Judge | None, seed: int = 0) -> dict[str, Any]:
    """Measure a ClassifierVAE for metrics.json, with draws of 100 z ~ N(0, I), each decoded with every class.

    Returns:
        - `asked_as_read`: share of the draws in which the judge reads the class asked for, and
          `asked_as_read_by_class`; both None without a judge. `asked_draws`: number of draws.
        - `leakage`: the result of `leakage`; None for training images of one class. `diversity`: the ratio of
          `diversity`; None where no two test images of a class differ.
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
    leaks = has_classes(dataset.train_labels[:TRAINING_CODES].numpy())
    return found | {
        "leakage": leakage(model, dataset) if leaks else None,
        "diversity": diversity(drawn, dataset).ratio,
    }
