"""Loaded models with their codes, and results of these models that are computed once for all sessions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import numpy as np
import streamlit as st

from vae.beta.ladder import Ladder
from vae.data.dataset import Dataset, DatasetError
from vae.explore.beta_path import BetaPath
from vae.explore.beta_path import beta_path as beta_path_of
from vae.explore.one_image import fit
from vae.explore.projection import Projection, ProjectionSettings, on_axes, project
from vae.generate.draws import SAMPLERS, Density, fit_density, prior_latents
from vae.generate.traversal import Dimension, ranked
from vae.measure import evaluate
from vae.measure.intervals import random_rows
from vae.measure.likelihood import likelihood_terms
from vae.measure.quality import FITTED
from vae.models.autoencoders import Autoencoder
from vae.models.codes import decode_latents, encode_images, encode_posteriors, reconstruct
from vae.models.dimensions import active_by_variance
from vae.models.multi_rate import MultiRateVAE
from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import frozen
from vae.storage.header import WEIGHTS
from vae.storage.models import check_data, load_model
from vae.storage.names import CheckpointError
from vae.ui.shared import presenting
from vae.ui.shared.server import bring, dataset, judge_written, version, written

# The cache key of a model: its checkpoint's path, when the weights were written, in ns since 1970, and the β at which a
# multi-rate VAE is frozen.
Key = tuple[str, int, float | None]
WORDS = ("AE", "VAE")
LOAD_ERRORS = (CheckpointError, DatasetError, OSError)  # that `trained` raises, each with a sentence for the user
TEST_IMAGES = 10_000  # test images whose codes are kept with each loaded model
TRAINING_IMAGES = 60_000  # training images whose codes are computed and kept once a page asks for them
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
    codes: np.ndarray  # float32 (up to 10,000, latent_dim), of the first test images; read-only
    deviations: np.ndarray | None  # the posteriors' σ, float32 (up to 10,000, latent_dim), read-only; None for an AE
    key: Key

    @property
    def name(self) -> str:
        """The checkpoint's name and, of a frozen multi-rate VAE, its β."""
        return self.checkpoint.title

    @property
    def latent_dim(self) -> int:
        """The number of latent dimensions."""
        return self.checkpoint.config.latent_dim

    @property
    def flat(self) -> bool:
        """Whether the latent space can be drawn as it is: a plane, or a line."""
        return self.latent_dim <= 2

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Decode latents (N, latent_dim) into images uint8 (N, C, H, W)."""
        return decode_latents(self.model, latents)

    def reconstruct(self, indices: list[int], part: str = "test") -> tuple[np.ndarray, np.ndarray]:
        """Reconstruct images of a part by index: return uint8 (N, C, H, W), and squared errors per pixel value (N,)."""
        return reconstruct(self.model, self.dataset.part(part)[0][indices])

    def losses(self, indices: list[int]) -> dict[str, Any]:
        """Compute `likelihood_terms` of test images by index, with one draw of z per image."""
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
        """True if both latent spaces have at most two dimensions, so that maps need no projection."""
        return all(trained.flat for trained in self)

    @property
    def key(self) -> tuple[Key, ...]:
        """The keys of both models' weights."""
        return tuple(trained.key for trained in self)

    def named(self) -> list[tuple[str, Trained]]:
        """Return both models, each after the word for it on the screen: AE, then VAE."""
        return list(zip(WORDS, self, strict=True))

    def __iter__(self) -> Iterator[Trained]:
        return iter((self.ae, self.vae))


def weights_key(checkpoint: Checkpoint) -> Key:
    """Return the key of a checkpoint's model, whose weights are as they are on disk now.

    Raises:
        OSError: when the weights are gone.
    """
    return str(checkpoint.path), (checkpoint.path / WEIGHTS).stat().st_mtime_ns, checkpoint.frozen_at


def _key_or_path(checkpoint: Checkpoint) -> Key:
    try:
        return weights_key(checkpoint)
    except OSError:
        return str(checkpoint.path), 0, None  # the cached function itself raises what the caller expects


def _keys_of_rungs(ladder: Ladder) -> tuple[Any, ...]:
    return tuple(map(_key_or_path, ladder.rungs)), version(ladder.config.dataset)


def _key_and_judge(models: Trained | Pair) -> tuple[Any, ...]:
    trained = models.vae if isinstance(models, Pair) else models
    name = trained.dataset.name
    return models.key, version(name), judge_written(name)  # classes, and what is read in images, are drawn with them


def _weights_and_data(checkpoint: Checkpoint) -> tuple[Key, str]:
    return _key_or_path(checkpoint), version(checkpoint.config.dataset)


def _files(checkpoint: Checkpoint) -> str:
    files, data = written(checkpoint.path), version(checkpoint.config.dataset)
    return f"{files}|{checkpoint.frozen_at}|{data}|{presenting.active()}"


def _files_of_runs(ladder: Ladder) -> str:
    return "\n".join(map(_files, ladder.runs))


def _key_and_look(models: Trained | Pair) -> tuple[Any, ...]:
    return *_key_and_judge(models), presenting.active()


def kept(max_entries: int, show_spinner: bool | str = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that caches a function's results for all sessions.

    A model or a pair among the arguments is recognised by its weights, its data and their judge, a checkpoint or a
    ladder by its weights and data. Arguments whose names begin with `_` are not part of the cache key.
    """
    return st.cache_resource(
        max_entries=max_entries,
        show_spinner=show_spinner,
        hash_funcs={
            Trained: _key_and_judge,
            Pair: _key_and_judge,
            Checkpoint: _weights_and_data,
            Ladder: _keys_of_rungs,
        },
    )


def drawn(
    max_entries: int = 16, show_spinner: bool | str = "Drawing…"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Return a decorator that keeps what a function draws: later calls, of any session, send that again.

    Figures are kept as JSON, pictures as PNG bytes and tables as they are sent, so that a page is computed once for all
    sessions. The function must draw no widget, and what it draws must follow from its arguments: models are recognised
    by their weights, their data and the judge of these, checkpoints and ladders by all of their files and their data.
    A presented page has elements of its own, since texts in its figures are larger.
    """
    return st.cache_resource(
        max_entries=max_entries,
        show_spinner=show_spinner,
        hash_funcs={Trained: _key_and_look, Pair: _key_and_look, Checkpoint: _files, Ladder: _files_of_runs},
    )


def trained(checkpoint: Checkpoint) -> Trained:
    """Return the loaded model of a checkpoint; it is loaded again if the checkpoint was written anew.

    A multi-rate VAE that is frozen at no β is taken at β 1.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    name = checkpoint.config.dataset
    checkpoint = checkpoint if checkpoint.unfrozen else frozen(checkpoint, 1.0)
    bring(name)
    return _trained(weights_key(checkpoint), version(name), checkpoint)


@kept(max_entries=32, show_spinner="Loading the models…")
def _trained(key: Key, version: str, _checkpoint: Checkpoint) -> Trained:
    images = dataset(_checkpoint.config.dataset)
    check_data(_checkpoint, images)
    model = load_model(_checkpoint)
    codes, deviations = _read_only(*encode_posteriors(model, images.test_images[:TEST_IMAGES]))
    if not all(array is None or np.isfinite(array).all() for array in (codes, deviations)):
        raise CheckpointError(f"{_checkpoint.name} makes codes that are no finite numbers: its weights are broken.")
    return Trained(_checkpoint, model, images, codes, deviations, key)


def _read_only(codes: np.ndarray, deviations: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    for array in (codes, deviations):
        if array is not None:
            array.flags.writeable = False
    return codes, deviations


def codes(trained: Trained, part: str, count: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return a part's first `count` codes and, for a VAE, its posteriors' σ, each float32 (count, latent_dim)."""
    found, deviations = trained.codes, trained.deviations
    if part == "train":
        found, deviations = _training_codes(trained)
    return found[:count], None if deviations is None else deviations[:count]


@kept(max_entries=4, show_spinner="Encoding the training images…")
def _training_codes(trained: Trained) -> tuple[np.ndarray, np.ndarray | None]:
    return _read_only(*encode_posteriors(trained.model, trained.dataset.train_images[:TRAINING_IMAGES]))


@kept(max_entries=64)
def pca(trained: Trained, points: int, part: str = "test") -> Projection:
    """Return the PCA of a model's first `points` codes of a part, computed once for all sessions.

    A frozen multi-rate VAE keeps the axes that it has at β 1, so that its points alone move with β.
    """
    found = codes(trained, part, points)[0]
    if trained.checkpoint.has_own_numbers:
        return project(found, ProjectionSettings("pca"))
    return on_axes(found, pca(at_beta_1(trained), points, part))


def at_beta_1(model: Trained) -> Trained:
    """Return a frozen multi-rate VAE at β 1, and any other model as it is."""
    return trained(frozen(model.checkpoint, 1.0))


def beta_path(model: Trained, count: int) -> BetaPath:
    """Return the way of a frozen multi-rate VAE's first `count` test images as β moves, computed once."""
    return _beta_path(at_beta_1(model), count)


@kept(max_entries=4, show_spinner="Encoding the images at every β…")
def _beta_path(trained: Trained, count: int) -> BetaPath:
    return beta_path_of(every_beta(trained), trained.dataset.test_images[:count])


def every_beta(model: Trained) -> MultiRateVAE:
    """Return the multi-rate VAE that a frozen one comes from, with its gates."""
    return _every_beta(at_beta_1(model))


@kept(max_entries=4)
def _every_beta(trained: Trained) -> MultiRateVAE:
    assert trained.checkpoint.unfrozen is not None
    model = load_model(trained.checkpoint.unfrozen)
    assert isinstance(model, MultiRateVAE)
    return model


@kept(max_entries=48)
def dimensions(trained: Trained) -> list[Dimension]:
    """Rank a model's latent dimensions by its test codes, the one first that says most about an image."""
    return ranked(trained.codes, trained.deviations)


def centre(trained: Trained, image: int | None) -> np.ndarray:
    """Return the code (D,) of a test image; without an image, the prior's mean for a VAE, the codes' mean for an AE."""
    if image is not None:
        return trained.codes[image]
    return trained.codes.mean(0) if trained.deviations is None else np.zeros(trained.latent_dim, np.float32)


def draw(trained: Trained, sampler: str, count: int, seed: int, temperature: float = 1.0) -> np.ndarray:
    """Draw latents float32 (count, latent_dim) with one of `draws.SAMPLERS`, whose Gaussians are fitted only once.

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


@kept(max_entries=24, show_spinner="Measuring both models on the same images…")
def losses_per_image(trained: Trained) -> dict[str, np.ndarray]:
    """Measure `evaluate.losses_per_image` of a model, once."""
    return evaluate.losses_per_image(trained.model, trained.dataset, trained.checkpoint.config)


@kept(max_entries=24, show_spinner="Measuring both models on the same images…")
def codes_per_image(trained: Trained) -> dict[str, np.ndarray]:
    """Measure `evaluate.codes_per_image` of a model, once."""
    return evaluate.codes_per_image(trained.model, trained.dataset)


def number(trained: Trained, key: str) -> float | None:
    """Return a number of `evaluate.evaluate`: the recorded one or, for a frozen multi-rate VAE, one measured now."""
    recorded = trained.checkpoint.metric(key)
    if recorded is not None or trained.checkpoint.has_own_numbers:
        return recorded
    if key == "active_units":
        return float(active_by_variance(trained.codes).sum())
    rows = losses_per_image(trained) if key in evaluate.LOSSES else codes_per_image(trained)
    return float(rows[key].mean()) if key in rows else None


@kept(max_entries=24, show_spinner="Measuring the test images…")
def test_fits(trained: Trained, draws: int) -> np.ndarray:
    """Compute `one_image.fit` of random test images, for every model the same ones: float32 (up to 2,000,)."""
    images = trained.dataset.test_images
    return fit(trained.model, images[random_rows(len(images), FITS)], trained.checkpoint.config, draws)
