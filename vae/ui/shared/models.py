"""What all sessions share and no rerun should make again: data, models, codes, the trainer, the projector."""

import math
import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
import torch

from vae.beta.ladder import Ladder, Rung, aligned
from vae.data.datasets import Dataset, load_dataset
from vae.explore.one_image import fit
from vae.explore.projection import Projection, ProjectionSettings, project
from vae.explore.projector import Projector
from vae.generate.draws import (
    SAMPLERS,
    Density,
    decode_latents,
    encode_images,
    encode_posteriors,
    fit_density,
    prior_latents,
)
from vae.jobs.measurer import Measurer
from vae.jobs.trainer import Trainer
from vae.measure.evaluate import reconstruct
from vae.measure.intervals import random_rows
from vae.measure.likelihood import kl_by_dimension, likelihood_terms
from vae.measure.quality import FITTED
from vae.models.autoencoders import Autoencoder
from vae.models.judge import Judge, fitting_judge, judge_path
from vae.storage.archive import empty_bin
from vae.storage.checkpoints import WEIGHTS, Checkpoint, Damaged, checkpoints_folder, list_checkpoints, load_model
from vae.ui.components.latent_map.message import images_part

TEST_IMAGES = 10_000  # whose codes are kept for the maps
TRAINING_IMAGES = 60_000  # likewise, once they are asked for
FITS = 2_000  # test images that one image is ranked among


@st.cache_resource(show_spinner=False)
def share_the_cores() -> None:
    """Leave half of the cores to the trainer and the browser: torch's threads wait for the slowest of them."""
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))


@st.cache_resource(show_spinner="Loading the images…")
def dataset(name: str) -> Dataset:
    """A data set by name, loaded once for all sessions."""
    return load_dataset(name)


def checkpoints() -> tuple[list[Checkpoint], list[Damaged]]:
    """The checkpoints as they are on disk now; read again only when a folder has changed."""
    folder = checkpoints_folder()
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    state = tuple((p.name, p.stat().st_mtime_ns) for p in paths if p.is_dir() and not p.name.startswith("."))
    return _list(str(folder), state)


@st.cache_resource(max_entries=2, show_spinner=False)
def _list(folder: str, state: tuple[tuple[str, int], ...]) -> tuple[list[Checkpoint], list[Damaged]]:
    return list_checkpoints()


@st.cache_resource
def trainer() -> Trainer:
    """The one trainer of this server; what an earlier server's sessions had deleted goes for good."""
    empty_bin()
    return Trainer()


@st.cache_resource
def projector() -> Projector:
    """The one projector of this server."""
    return Projector()


@st.cache_resource
def measurer() -> Measurer:
    """The one measurer of this server."""
    return Measurer()


@dataclass(frozen=True, eq=False)
class Trained:
    """A checkpoint with its model and its test codes in memory."""

    checkpoint: Checkpoint
    model: Autoencoder
    dataset: Dataset
    codes: np.ndarray  # float32 (up to 10,000, latent_dim), read-only
    deviations: np.ndarray | None  # the posteriors' σ, likewise; None for an autoencoder
    written: int  # when the weights were, nanoseconds since 1970

    @property
    def name(self) -> str:
        return self.checkpoint.name

    @property
    def latent_dim(self) -> int:
        return self.checkpoint.config.latent_dim

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Latents (N, latent_dim) → images uint8 (N, C, H, W)."""
        return decode_latents(self.model, latents)

    def reconstruct(self, indices: list[int], part: str = "test") -> tuple[np.ndarray, np.ndarray]:
        """Images by index → their decoded codes uint8 (N, C, H, W), and squared errors per value (N,)."""
        return reconstruct(self.model, self.dataset.part(part)[0][indices])

    def losses(self, indices: list[int]) -> dict[str, Any]:
        """Test images by index → `likelihood_terms`, with one draw."""
        return likelihood_terms(self.model, self.dataset.test_images[indices], self.checkpoint.config)


def _key(checkpoint: Checkpoint) -> tuple[str, int]:
    """What a checkpoint's weights are known by: their place, and when they were written."""
    return str(checkpoint.path), (checkpoint.path / WEIGHTS).stat().st_mtime_ns


def trained(checkpoint: Checkpoint) -> Trained:
    """The model of a checkpoint; made anew when a checkpoint of that name has been written since.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    return _trained(*_key(checkpoint), checkpoint)


@st.cache_resource(max_entries=48, show_spinner="Loading the models…")
def _trained(path: str, written: int, _checkpoint: Checkpoint) -> Trained:
    images = dataset(_checkpoint.config.dataset)
    model = load_model(_checkpoint)
    codes, deviations = _read_only(*encode_posteriors(model, images.test_images[:TEST_IMAGES]))
    return Trained(_checkpoint, model, images, codes, deviations, written)


def _read_only(codes: np.ndarray, deviations: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    for array in (codes, deviations):
        if array is not None:
            array.flags.writeable = False
    return codes, deviations


def codes(trained: Trained, part: str, count: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Codes of the first `count` images of a part, and of a VAE their posteriors' σ, each (count, latent_dim)."""
    found, deviations = trained.codes, trained.deviations
    if part == "train":
        found, deviations = _training_codes(str(trained.checkpoint.path), trained.written, trained)
    return found[:count], None if deviations is None else deviations[:count]


@st.cache_resource(max_entries=4, show_spinner="Encoding the training images…")
def _training_codes(path: str, written: int, _trained: Trained) -> tuple[np.ndarray, np.ndarray | None]:
    return _read_only(*encode_posteriors(_trained.model, _trained.dataset.train_images[:TRAINING_IMAGES]))


def pca(trained: Trained, points: int, part: str = "test") -> Projection:
    """The PCA of a model's first codes, made once."""
    return _pca(str(trained.checkpoint.path), trained.written, part, points, trained)


@st.cache_resource(max_entries=64, show_spinner=False)
def _pca(path: str, written: int, part: str, points: int, _trained: Trained) -> Projection:
    return project(codes(_trained, part, points)[0], ProjectionSettings("pca"))


@st.cache_resource(max_entries=4, show_spinner=False)
def map_images(name: str, part: str, count: int) -> bytes:
    """The first images of a part of a data set, packed for the latent map."""
    return images_part(dataset(name).part(part)[0][:count])


def draw(trained: Trained, sampler: str, count: int, seed: int, temperature: float = 1.0) -> np.ndarray:
    """Latents (count, latent_dim) of a sampler of `sampling.SAMPLERS`; what it needs is fitted once.

    `temperature` multiplies the σ of the prior, or of every fitted Gaussian about its mean.
    """
    if sampler == "prior":
        return prior_latents(count, trained.latent_dim, seed) * np.float32(temperature)
    return _density(str(trained.checkpoint.path), trained.written, sampler, trained).draw(count, seed, temperature)


@st.cache_resource(max_entries=24, show_spinner="Fitting Gaussians to the codes…")
def _density(path: str, written: int, sampler: str, _trained: Trained) -> Density:
    images = _trained.dataset.train_images
    codes = encode_images(_trained.model, images[random_rows(len(images), FITTED)])
    return fit_density(codes, SAMPLERS[sampler])


def test_fits(trained: Trained, draws: int) -> np.ndarray:
    """`one_image.fit` of random test images, the same for every model, float32 (up to 2,000,); measured once."""
    return _test_fits(str(trained.checkpoint.path), trained.written, draws, trained)


@st.cache_resource(max_entries=24, show_spinner="Measuring the test images…")
def _test_fits(path: str, written: int, draws: int, _trained: Trained) -> np.ndarray:
    images = _trained.dataset.test_images
    return fit(_trained.model, images[random_rows(len(images), FITS)], _trained.checkpoint.config, draws)


@dataclass(frozen=True)
class Look:
    """Which z, which test images and how many points of a map a ladder is looked at with."""

    seed: int
    first_image: int
    samples: int
    images: int
    points: int


def rungs(ladder: Ladder, look: Look) -> list[Rung]:
    """What every run of a ladder makes of the same z and images, their maps turned to one another.

    Raises:
        CheckpointError, DatasetError, OSError: when one of them cannot be loaded.
    """
    return _rungs(made_from(ladder), look, ladder)


def made_from(ladder: Ladder) -> tuple[tuple[str, int], ...]:
    """What the weights of a ladder's runs are known by: their places, and when they were written."""
    return tuple(map(_key, ladder.rungs))


@st.cache_resource(max_entries=8, show_spinner="Decoding with every β…")
def _rungs(keys: tuple[tuple[str, int], ...], look: Look, _ladder: Ladder) -> list[Rung]:
    models = [trained(checkpoint) for checkpoint in _ladder.rungs]
    maps = aligned([_flat(model, look.points) for model in models])
    return [_rung(model, points, look) for model, points in zip(models, maps, strict=True)]


def _flat(trained: Trained, points: int) -> np.ndarray:
    """The codes or the plane of their first principal components, with the prior's mean at 0."""
    if trained.latent_dim <= 2:
        return project(trained.codes[:points], ProjectionSettings("direct")).points
    found = project(trained.codes[:points], ProjectionSettings("pca"), measured=False)
    assert found.centre is not None
    assert found.directions is not None
    return found.points + found.centre @ found.directions.T


def _rung(trained: Trained, points: np.ndarray, look: Look) -> Rung:
    assert trained.deviations is not None
    metrics = trained.checkpoint.metric
    kl = kl_by_dimension(trained.codes, trained.deviations)
    return Rung(
        beta=trained.checkpoint.config.beta,
        name=trained.name,
        samples=trained.decode(prior_latents(look.samples, trained.latent_dim, look.seed)),
        reconstructions=trained.reconstruct(list(range(look.first_image, look.first_image + look.images)))[0],
        points=points,
        kl=kl,
        reconstruction=metrics("test_reconstruction") or math.nan,
        rate=metrics("test_kl") or float(kl.sum()),
    )


def cross_entropy(checkpoint: Checkpoint) -> float:
    """Nats per test image of the pixels' cross-entropy with what a run of any likelihood decodes, one draw of z each.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    return _cross_entropy(*_key(checkpoint), checkpoint)


@st.cache_resource(max_entries=64, show_spinner=False)
def _cross_entropy(path: str, written: int, _checkpoint: Checkpoint) -> float:
    found = trained(_checkpoint)
    config = replace(_checkpoint.config, likelihood="bernoulli")
    return float(likelihood_terms(found.model, found.dataset.test_images, config)["reconstruction"].mean())


def judge(name: str) -> tuple[Judge, float] | None:
    """The independent classifier of a data set and its test accuracy; None where there is none that fits."""
    path = judge_path(name)
    return _judge(name, path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(max_entries=4, show_spinner=False)
def _judge(name: str, written: int) -> tuple[Judge, float] | None:
    found = fitting_judge(dataset(name))
    return None if found is None else (found[0], float(found[1]["accuracy"]))
