"""Symptoms of mistakes: numbers of a model that was trained or measured wrongly beside those of the right one."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.data.pixels import at_once, binarise, to_unit
from vae.measure.paired import Difference, differences_from, paired_difference
from vae.measure.recorded import recorded_quality, recorded_replicates
from vae.models.autoencoders import Autoencoder
from vae.models.codes import BATCH
from vae.models.objectives import reconstruction_loss
from vae.storage.checkpoints import Checkpoint
from vae.training.config import TrainConfig


class Compared(NamedTuple):
    """A number of the wrong model and of the right one, and their difference, wrong minus right."""

    wrong: float
    right: float
    difference: Difference | None  # paired by image or by z; None where nothing is a pair


def compared(wrong: np.ndarray, right: np.ndarray) -> Compared:
    """Compare a number of every test image (N,) of two models, paired by image."""
    return Compared(float(wrong.mean()), float(right.mean()), paired_difference(right, wrong))


def losses(per_image: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return `kl`, `reconstruction` and `negative_elbo` (N,) of a VAE, given its `evaluate.losses_per_image`."""
    return {
        "kl": per_image["test_kl"],
        "reconstruction": per_image["test_reconstruction"],
        "negative_elbo": -per_image["elbo"],
    }


@torch.no_grad()
def reconstruction_at_mean(model: Autoencoder, dataset: Dataset, config: TrainConfig) -> np.ndarray:
    """Compute −log p(x|μ), nats, of every test image (N,): the mistake of decoding the mean in the place of a draw."""
    images = binarise(dataset.test_images) if config.binarised else dataset.test_images
    found = []
    for batch in images.split(at_once(images, BATCH)):
        pixels = to_unit(batch.to(model.device))
        logits = model.logits(model.encode(pixels))
        found.append(reconstruction_loss(logits, pixels, config.likelihood, model.sigma))
    return torch.cat(found).cpu().numpy()


def recorded_samples(wrong: Checkpoint, right: Checkpoint, name: str) -> Compared | None:
    """Compare what was recorded of two models' samples of N(0, I), such as `realistic`; None where it was not.

    Models of one latent size decode the same z, so that their replicates are pairs.
    """
    numbers = [recorded_quality(one.metrics) for one in (wrong, right)]
    measures = [quality.samples.get("prior", {}).get(name) if quality else None for quality in numbers]
    if measures[0] is None or measures[1] is None:
        return None
    values = [measure.value for measure in measures if measure is not None]
    drawn = [recorded_replicates(one) for one in (wrong, right)]
    key = f"samples/prior/{name}"
    difference = None
    if (
        drawn[0] is not None
        and drawn[1] is not None
        and wrong.config.latent_dim == right.config.latent_dim
        and drawn[0].basis == drawn[1].basis
        and key in drawn[0].arrays.keys() & drawn[1].arrays.keys()
    ):
        replicates = np.stack([[each.arrays[key] for each in drawn[::-1] if each is not None]])  # (1, 2, draws)
        difference = differences_from(0, np.array([values[::-1]]), replicates, measures[0].images)[1]
    return Compared(values[0], values[1], difference)
