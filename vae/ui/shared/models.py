"""What all sessions share and no rerun should make again: data, models, codes, the trainer, the projector."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from vae.beta.ladder import Ladder
from vae.data.datasets import Dataset
from vae.explore.one_image import fit
from vae.explore.projection import Projection, ProjectionSettings, project
from vae.generate.draws import SAMPLERS, Density, fit_density, prior_latents
from vae.generate.traversal import Dimension, ranked
from vae.measure.intervals import random_rows
from vae.measure.likelihood import likelihood_terms
from vae.measure.quality import FITTED
from vae.models.autoencoders import Autoencoder
from vae.models.codes import decode_latents, encode_images, encode_posteriors, reconstruct
from vae.storage.checkpoints import Checkpoint, load_model
from vae.storage.weights import WEIGHTS
from vae.ui.shared.server import dataset

WORDS = ("AE", "VAE")
TEST_IMAGES = 10_000  # whose codes are kept for the maps
TRAINING_IMAGES = 60_000  # likewise, once they are asked for
FITS = 2_000  # test images that one image is ranked among


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


@dataclass(frozen=True)
class Pair:
    """The autoencoder and the VAE that the sidebar has chosen, loaded."""

    ae: Trained
    vae: Trained

    @property
    def latent_dim(self) -> int | None:
        """The latent size of both; None where they differ."""
        return self.vae.latent_dim if self.ae.latent_dim == self.vae.latent_dim else None

    @property
    def flat(self) -> bool:
        """Whether both latent spaces can be drawn as they are."""
        return all(trained.latent_dim <= 2 for trained in self)

    @property
    def made_from(self) -> tuple[tuple[str, int], ...]:
        """What the weights of both are known by, for caches: their places, and when they were written."""
        return tuple((str(trained.checkpoint.path), trained.written) for trained in self)

    def __iter__(self) -> Iterator[Trained]:
        return iter((self.ae, self.vae))


def weights_key(checkpoint: Checkpoint) -> tuple[str, int]:
    """What a checkpoint's weights are known by: their place, and when they were written."""
    return str(checkpoint.path), (checkpoint.path / WEIGHTS).stat().st_mtime_ns


def trained(checkpoint: Checkpoint) -> Trained:
    """The model of a checkpoint; made anew when a checkpoint of that name has been written since.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    return _trained(*weights_key(checkpoint), checkpoint)


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


def dimensions(trained: Trained) -> list[Dimension]:
    """A model's dimensions, most telling first, by its test codes."""
    return _dimensions(str(trained.checkpoint.path), trained.written, trained)


@st.cache_resource(max_entries=48, show_spinner=False)
def _dimensions(path: str, written: int, _trained: Trained) -> list[Dimension]:
    return ranked(_trained.codes, _trained.deviations)


def centre(trained: Trained, image: int | None) -> np.ndarray:
    """The code of a test image; without one the prior's mean of a VAE, and the mean of its codes of an AE: (D,)."""
    if image is not None:
        return trained.codes[image]
    return trained.codes.mean(0) if trained.deviations is None else np.zeros(trained.latent_dim, np.float32)


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


def made_from(ladder: Ladder) -> tuple[tuple[str, int], ...]:
    """What the weights of a ladder's runs are known by: their places, and when they were written."""
    return tuple(map(weights_key, ladder.rungs))
