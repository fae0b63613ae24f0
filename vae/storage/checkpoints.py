"""Checkpoints: a folder each, written beside its place and renamed into it, never a pickle.

model.safetensors       the weights
config.json             every setting of the run, its device, versions and data, and how far it came
history.csv             the losses and times, a line per epoch
metrics.json            the measurements of `vae.measure.evaluate.evaluate` and, under `quality`, those of
                        `vae.measure.quality.measure`, once they are made
replicates.safetensors  the bootstrap replicates of that `quality`, from which differences of runs get their intervals
filmstrip.png           the samples, a row per epoch, of up to a hundred epochs
note.txt                a line about the run in its owner's words, if there is one
latents.safetensors     the codes of the first 2,000 test images after each epoch, or after as many as fit in 8 MB

What is read here has been checked: files of bounded size, finite numbers, known names. Nothing here imports torch or
pandas, so that a list of runs is there at once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vae.storage.config_file import read_config
from vae.storage.header import WEIGHTS, Stored, read_header, stored
from vae.storage.history import HISTORY, read_history
from vae.storage.metrics import read_metrics
from vae.storage.names import CheckpointError, checkpoint_path, checkpoint_paths, existing_path
from vae.storage.notes import read_note
from vae.training.config import TrainConfig

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The JSON and CSV content of a checkpoint; `models.load_model` reads its weights."""

    path: Path
    config: TrainConfig
    image_shape: tuple[int, int, int]
    classes: int
    data_fingerprint: str  # SHA-256 of the data set it was trained on
    device: str
    stepping: str  # `CUDA graph` or `eager`; if capture failed, also why
    finished: bool  # False if the run stopped before its budget was spent
    epochs_done: float
    steps_done: int
    seconds_taken: float
    created: str  # ISO 8601, UTC
    versions: dict[str, str]
    stored: Stored = field(repr=False)  # which weights these are
    columns: dict[str, np.ndarray] = field(repr=False)  # of the history, float64 (epochs,) each
    metrics: dict[str, Any] = field(default_factory=dict, repr=False)
    note: str = ""
    # The multi-rate VAE that `frozen.frozen` has made an ordinary VAE of; None for a run as it was trained.
    unfrozen: "Checkpoint | None" = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def frozen_at(self) -> float | None:
        """The β at which a multi-rate VAE is frozen; None for a run as it was trained."""
        return None if self.unfrozen is None else self.config.beta

    @property
    def title(self) -> str:
        """The name of what is shown: the run's, and the β at which a multi-rate VAE is frozen."""
        return self.name if self.frozen_at is None else f"{self.name} at β {self.frozen_at:g}"

    @property
    def model(self) -> str:
        return self.config.model

    @property
    def has_own_numbers(self) -> bool:
        """Whether the numbers and films in the folder are of this model: those of a multi-rate VAE are of β 1 alone."""
        return self.frozen_at in (None, 1.0)

    @property
    def trained_config(self) -> TrainConfig:
        """The settings of the training, which are not `config` where a multi-rate VAE is frozen."""
        return (self.unfrozen or self).config

    @cached_property
    def history(self) -> "pd.DataFrame":
        """Return the losses and times, a row per epoch."""
        import pandas as pd

        return pd.DataFrame(self.columns)

    def metric(self, key: str) -> float | None:
        """Return a number of metrics.json; None if it was not measured or does not apply."""
        value = self.metrics.get(key)
        return float(value) if isinstance(value, int | float) else None

    @property
    def command(self) -> str:
        """The command line that trains this checkpoint's run again."""
        return self.trained_config.command(self.name, steps=self.steps_done)


@dataclass(frozen=True)
class Damaged:
    """A folder among the checkpoints that cannot be loaded, and why."""

    path: Path
    reason: str

    @property
    def name(self) -> str:
        return self.path.name


def list_checkpoints() -> tuple[list[Checkpoint], list[Damaged]]:
    """Return all sound checkpoints and, with the reason, all damaged ones, each sorted by name.

    Raises:
        CheckpointError: when the folder of the checkpoints cannot be read, or is no folder.
    """
    return sorted_out(map(look, checkpoint_paths()))


def look(path: Path) -> Checkpoint | Damaged:
    """Read a checkpoint's folder as `read_checkpoint` does; for one that cannot be read, return the reason."""
    try:
        checkpoint_path(path.name)
        return read_checkpoint(path)
    except CheckpointError as error:
        return Damaged(path, str(error))


def sorted_out(found: Iterable[Checkpoint | Damaged]) -> tuple[list[Checkpoint], list[Damaged]]:
    """Return the sound checkpoints and the damaged ones, each sorted by name and numbers in names by their size."""
    all_found = sorted(found, key=lambda one: _natural(one.name))
    return [one for one in all_found if isinstance(one, Checkpoint)], [
        one for one in all_found if isinstance(one, Damaged)
    ]


def _natural(name: str) -> list[tuple[float, str]]:
    parts = re.split(r"([0-9]+(?:\.[0-9]+)?)", name)  # every second part is a number
    return [(float(part), "") if place % 2 else (-1, part.lower()) for place, part in enumerate(parts)]


def load(name: str) -> Checkpoint:
    """Read a checkpoint's JSON and CSV files and check the header of its weights.

    Raises:
        CheckpointError: saying which file is missing or damaged, and how.
    """
    return read_checkpoint(existing_path(name))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the JSON and CSV files of a checkpoint in any folder and check the header of its weights.

    Raises:
        CheckpointError: saying which file is missing or damaged, and how.
    """
    try:
        seen = stored(path)
        config, run = read_config(path)
        read_header(path / WEIGHTS)
        return Checkpoint(
            path=path,
            config=config,
            stored=seen,
            columns=read_history(path / HISTORY),
            metrics=read_metrics(path),
            note=read_note(path) or "",
            **run,
        )
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}.") from error
