"""Models in memory with their codes, and results of theirs that are computed once for all sessions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import numpy as np
import streamlit as st

from vae.beta.ladder import Ladder
from vae.data.datasets import Dataset, DatasetError
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
from vae.storage.names import CheckpointError
from vae.storage.weights import WEIGHTS
from vae.ui.shared.server import dataset

# A checkpoint's weights as caches know them: their path, and when they were written, in nanoseconds since 1970.
Key = tuple[str, int]
WORDS = ("AE", "VAE")
LOAD_ERRORS = (CheckpointError, DatasetError, OSError)  # of `trained`, with a sentence each for the user
TEST_IMAGES = 10_000  # whose codes are kept for the maps
TRAINING_IMAGES = 60_000  # likewise, once they are asked for
PRINCIPAL_AXES = ("first principal component", "second")
FITS = 2_000  # test images that one image is ranked among
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Trained:
    """A checkpoint with its model and its test codes in memory."""

    checkpoint: Checkpoint
    model: Autoencoder
    dataset: Dataset
    codes: np.ndarray  # float32 (up to 10,000, latent_dim), read-only
    deviations: np.ndarray | None  # the posteriors' σ, likewise; None for an autoencoder
    key: Key

    @property
    def name(self) -> str:
        return self.checkpoint.name

    @property
    def latent_dim(self) -> int:
        return self.checkpoint.config.latent_dim

    @property
    def flat(self) -> bool:
        """Whether the latent space can be drawn as it is: a plane, or a line."""
        return self.latent_dim <= 2

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
    """The autoencoder and the VAE that are compared, loaded."""

    ae: Trained
    vae: Trained

    @property
    def latent_dim(self) -> int | None:
        """The latent size of both; None where they differ."""
        return self.vae.latent_dim if self.ae.latent_dim == self.vae.latent_dim else None

    @property
    def flat(self) -> bool:
        """Whether both latent spaces can be drawn as they are."""
        return all(trained.flat for trained in self)

    @property
    def key(self) -> tuple[Key, ...]:
        """The keys of both models' weights."""
        return tuple(trained.key for trained in self)

    def named(self) -> list[tuple[str, Trained]]:
        """Both models with the words for them on the screen: AE and VAE."""
        return list(zip(WORDS, self, strict=True))

    def __iter__(self) -> Iterator[Trained]:
        return iter((self.ae, self.vae))


def weights_key(checkpoint: Checkpoint) -> Key:
    """Return the key of a checkpoint's weights as they are on disk now.

    Raises:
        OSError: when they are gone.
    """
    return str(checkpoint.path), (checkpoint.path / WEIGHTS).stat().st_mtime_ns


def _key_or_path(checkpoint: Checkpoint) -> Key:
    try:
        return weights_key(checkpoint)
    except OSError:
        return str(checkpoint.path), 0  # the cached function itself raises what the caller expects


def kept(max_entries: int, show_spinner: bool | str = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep a function's results for all sessions, found again by the weights of the models among its arguments.

    Checkpoints and ladders count by their weights too; arguments whose names begin with `_` do not count.
    """
    return st.cache_resource(
        max_entries=max_entries,
        show_spinner=show_spinner,
        hash_funcs={
            Trained: lambda trained: trained.key,
            Pair: lambda pair: pair.key,
            Checkpoint: _key_or_path,
            Ladder: lambda ladder: tuple(map(_key_or_path, ladder.rungs)),
        },
    )


def trained(checkpoint: Checkpoint) -> Trained:
    """The model of a checkpoint; made anew when a checkpoint of that name has been written since.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    return _trained(weights_key(checkpoint), checkpoint)


@kept(max_entries=48, show_spinner="Loading the models…")
def _trained(key: Key, _checkpoint: Checkpoint) -> Trained:
    images = dataset(_checkpoint.config.dataset)
    model = load_model(_checkpoint)
    codes, deviations = _read_only(*encode_posteriors(model, images.test_images[:TEST_IMAGES]))
    return Trained(_checkpoint, model, images, codes, deviations, key)


def _read_only(codes: np.ndarray, deviations: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    for array in (codes, deviations):
        if array is not None:
            array.flags.writeable = False
    return codes, deviations


def codes(trained: Trained, part: str, count: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Codes of the first `count` images of a part, and of a VAE their posteriors' σ, each (count, latent_dim)."""
    found, deviations = trained.codes, trained.deviations
    if part == "train":
        found, deviations = _training_codes(trained)
    return found[:count], None if deviations is None else deviations[:count]


@kept(max_entries=4, show_spinner="Encoding the training images…")
def _training_codes(trained: Trained) -> tuple[np.ndarray, np.ndarray | None]:
    return _read_only(*encode_posteriors(trained.model, trained.dataset.train_images[:TRAINING_IMAGES]))


@kept(max_entries=64)
def pca(trained: Trained, points: int, part: str = "test") -> Projection:
    """Compute the PCA of a model's first codes, once."""
    return project(codes(trained, part, points)[0], ProjectionSettings("pca"))


@kept(max_entries=48)
def dimensions(trained: Trained) -> list[Dimension]:
    """Rank a model's latent dimensions by its test codes, the most telling first."""
    return ranked(trained.codes, trained.deviations)


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
    return _density(trained, sampler).draw(count, seed, temperature)


@kept(max_entries=24, show_spinner="Fitting Gaussians to the codes…")
def _density(trained: Trained, sampler: str) -> Density:
    images = trained.dataset.train_images
    codes = encode_images(trained.model, images[random_rows(len(images), FITTED)])
    return fit_density(codes, SAMPLERS[sampler])


@kept(max_entries=24, show_spinner="Measuring the test images…")
def test_fits(trained: Trained, draws: int) -> np.ndarray:
    """Measure `one_image.fit` of random test images, which are those of every model: float32 (up to 2,000,)."""
    images = trained.dataset.test_images
    return fit(trained.model, images[random_rows(len(images), FITS)], trained.checkpoint.config, draws)
