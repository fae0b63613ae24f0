"""What all sessions share and no rerun should make again: data, models, codes, the trainer, the projector."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from vae.checkpoints import Checkpoint, Damaged, checkpoints_folder, list_checkpoints, load_model
from vae.data import Dataset, load_dataset
from vae.jobs import Trainer
from vae.metrics import likelihood_terms, reconstruct
from vae.models import Autoencoder
from vae.projection import Projection, ProjectionSettings, Projector, project
from vae.sampling import decode_latents, encode_images

TEST_IMAGES = 10_000  # whose codes are kept for the maps


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
    """The one trainer of this server."""
    return Trainer()


@st.cache_resource
def projector() -> Projector:
    """The one projector of this server."""
    return Projector()


@dataclass(frozen=True, eq=False)
class Trained:
    """A checkpoint with its model and its test codes in memory."""

    checkpoint: Checkpoint
    model: Autoencoder
    dataset: Dataset
    codes: np.ndarray  # float32 (up to 10,000, latent_dim), read-only
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

    def reconstruct(self, indices: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Test images by index → their decoded codes uint8 (N, C, H, W), and squared errors per value (N,)."""
        return reconstruct(self.model, self.dataset.test_images[indices])

    def losses(self, indices: list[int]) -> dict[str, Any]:
        """Test images by index → `likelihood_terms`, with one draw."""
        return likelihood_terms(self.model, self.dataset.test_images[indices], self.checkpoint.config)


def trained(checkpoint: Checkpoint) -> Trained:
    """The model of a checkpoint; made anew when a checkpoint of that name has been written since.

    Raises:
        CheckpointError, DatasetError, OSError: when it cannot be loaded.
    """
    written = (checkpoint.path / "model.safetensors").stat().st_mtime_ns
    return _trained(str(checkpoint.path), written, checkpoint)


@st.cache_resource(max_entries=24, show_spinner="Loading the models…")
def _trained(path: str, written: int, _checkpoint: Checkpoint) -> Trained:
    images = dataset(_checkpoint.config.dataset)
    model = load_model(_checkpoint)
    codes = encode_images(model, images.test_images[:TEST_IMAGES])
    codes.flags.writeable = False
    return Trained(_checkpoint, model, images, codes, written)


def pca(trained: Trained, points: int) -> Projection:
    """The PCA of a model's first codes, made once."""
    return _pca(str(trained.checkpoint.path), trained.written, points, trained)


@st.cache_resource(max_entries=64, show_spinner=False)
def _pca(path: str, written: int, points: int, _trained: Trained) -> Projection:
    return project(_trained.codes[:points], ProjectionSettings("pca"))
