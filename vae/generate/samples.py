"""Decoded samples, each with the class that a judge reads in it, the most realistic first, and as files."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image

from vae.data.to_picture import tile
from vae.generate.draws import prior_latents
from vae.models.autoencoders import Autoencoder, ClassifierVAE
from vae.models.codes import decode_latents
from vae.models.feature_network import features_of, pooled
from vae.models.judge import Judge, probabilities
from vae.models.realism import Realism


@dataclass(frozen=True, eq=False)
class Sample:
    """One decoded latent, and how it was drawn."""

    latent: np.ndarray  # float32 (latent_dim,)
    image: np.ndarray  # uint8 (C, H, W)
    # The draw's model, sampler, temperature and seed; `number` is the sample's place in the draw, from 0.
    settings: Mapping[str, Any]
    read: int | None = None  # the class to which the judge gives most probability; None without a judge
    probability: float | None = None  # that probability, calibrated; None without a judge
    realism: float | None = None  # its score, from 1 on realistic; None without a test of realism

    @property
    def realistic(self) -> bool:
        """Whether the sample lies among real images in what the judge or random features see; False without a test."""
        return self.realism is not None and self.realism >= 1


def prior_samples(model: Autoencoder, count: int) -> np.ndarray:
    """Decode `count` draws of N(0, I), at every call the same: images uint8 (count, C, H, W).

    A ClassifierVAE is asked for its classes in turn.
    """
    latents = prior_latents(count, model.latent_dim)
    if isinstance(model, ClassifierVAE):
        latents = np.hstack([latents, np.eye(model.classes, dtype=np.float32)[np.arange(count) % model.classes]])
    return decode_latents(model, latents)


def judged(
    latents: np.ndarray, images: np.ndarray, realism: Realism | None, settings: Mapping[str, Any]
) -> list[Sample]:
    """Make samples of latents (N, latent_dim) and their images uint8 (N, C, H, W), sorted by falling realism.

    Without a test of realism they stay in the order of the draw; by random features nothing is read in them.
    """
    numbered = [dict(settings) | {"number": number} for number in range(len(latents))]
    if realism is None:
        return [Sample(*found) for found in zip(latents, images, numbered, strict=True)]
    seen = pooled(realism.network, torch.from_numpy(images))
    classes: list[int | None] = [None] * len(images)
    chances: list[float | None] = [None] * len(images)
    if isinstance(realism.network, Judge):
        read = probabilities(realism.network, features_of(realism.network, seen))
        classes, chances = read.argmax(1).tolist(), read.max(1).tolist()
    columns = classes, chances, realism.scores_of(seen).tolist()
    found = [Sample(*row) for row in zip(latents, images, numbered, *columns, strict=True)]
    return sorted(found, key=lambda sample: -(sample.realism or 0.0))


def realistic(samples: Sequence[Sample]) -> tuple[int, int]:
    """Count the samples that are realistic, and the classes read among them."""
    found = [sample.read for sample in samples if sample.realistic]
    return len(found), len(set(found) - {None})


def to_npz(samples: Sequence[Sample], class_names: Sequence[str]) -> bytes:
    """Encode samples as an npz file that `np.load` opens without pickles.

    It holds `images` uint8 (N, C, H, W), `latents` float32 (N, D), where D is the largest latent size and shorter codes
    end in NaN, `classes` int64 (N,), −1 where nothing was read, `probabilities` and `realism` float64 (N,), NaN where
    nothing was read, `settings`, a JSON text for every sample, and `class_names`. From a realism of 1 on a sample is
    realistic.

    Raises:
        ValueError: when there are no samples or their images differ in shape.
    """
    if not samples:
        raise ValueError("There are no samples to write.")
    latents = np.full((len(samples), max(len(sample.latent) for sample in samples)), np.nan, np.float32)
    for row, sample in zip(latents, samples, strict=True):
        row[: len(sample.latent)] = sample.latent
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        images=np.stack([sample.image for sample in samples]),
        latents=latents,
        classes=np.array([-1 if sample.read is None else sample.read for sample in samples], np.int64),
        probabilities=np.array([np.nan if sample.probability is None else sample.probability for sample in samples]),
        realism=np.array([np.nan if sample.realism is None else sample.realism for sample in samples]),
        settings=np.array([json.dumps(dict(sample.settings)) for sample in samples]),
        class_names=np.array(class_names),
    )
    return buffer.getvalue()


def to_png(samples: Sequence[Sample], columns: int) -> bytes:
    """Encode samples as one PNG picture, in order, `columns` to a row, every pixel enlarged to three by three.

    Raises:
        ValueError: when there are no samples or their images differ in shape.
    """
    if not samples:
        raise ValueError("There are no samples to write.")
    buffer = io.BytesIO()
    picture = tile(np.stack([sample.image for sample in samples]), min(columns, len(samples)))
    Image.fromarray(picture).save(buffer, format="PNG")
    return buffer.getvalue()
