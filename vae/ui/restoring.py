"""What two models restore of spoilt images, in numbers."""

from dataclasses import dataclass

import numpy as np
import torch

from vae.corruption import Corrupted, Fidelity, fidelity, restore
from vae.judge import read
from vae.ui import resources
from vae.ui.latent_map import WORDS
from vae.ui.page import Pair


@dataclass(frozen=True)
class Restored:
    """How near some images are to the originals."""

    fidelity: Fidelity
    read: float | None  # share whose class the judge reads; None without a judge


@dataclass(frozen=True)
class Comparison:
    """The same test images, before and after; models by the words AE and VAE."""

    spoilt: Restored
    restored: dict[str, Restored]
    clean: dict[str, Restored]  # what the models make of the originals, with the same pixels put back


def compare(pair: Pair, spoilt: Corrupted, steps: int) -> Comparison:
    """The first test images, spoilt, and what both models make of them."""
    clean = Corrupted(pair.vae.dataset.test_images[: len(spoilt.images)], spoilt.known)
    models = dict(zip(WORDS, pair, strict=True))
    return Comparison(
        _measure(pair, spoilt.images.numpy()),
        {word: _measure(pair, restore(trained.model, spoilt, steps)) for word, trained in models.items()},
        {word: _measure(pair, restore(trained.model, clean)) for word, trained in models.items()},
    )


def _measure(pair: Pair, images: np.ndarray) -> Restored:
    dataset = pair.vae.dataset
    judge = resources.judge(dataset.name)
    share = None
    if judge is not None:
        labels = dataset.test_labels[: len(images)].numpy()
        share = float((read(judge[0], torch.from_numpy(images))[0] == labels).mean())
    return Restored(fidelity(images, dataset.test_images[: len(images)]), share)
