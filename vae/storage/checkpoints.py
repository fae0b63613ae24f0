"""Checkpoints: a folder each, written beside its place and renamed into it, never a pickle.

model.safetensors       the weights
config.json             every setting of the run, its device, versions and data, and how far it came
history.csv             the losses and times, a line per epoch
metrics.json            the measurements of `vae.measure.evaluate.evaluate` and, under `quality`, those of
                        `vae.measure.quality.measure`, once they are made
replicates.safetensors  the bootstrap replicates of that `quality`, from which differences of runs get their intervals
filmstrip.png           the samples, a row per epoch
latents.safetensors     the codes of the first 2,000 test images after each epoch, or after as many as fit in 8 MB
"""

import re
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays

from vae.folders import checkpoints_folder
from vae.models.autoencoders import Autoencoder
from vae.models.bodies import image_shape_problems
from vae.storage.files import read_json
from vae.storage.names import CheckpointError, existing_path
from vae.storage.weights import WEIGHTS, check_header, read_weights
from vae.training.build import build_model
from vae.training.config import ConfigError, TrainConfig, config_from_json

FORMAT = 1
_RUN_FIELDS: dict[str, tuple[type, ...]] = {
    "image_shape": (list,),
    "classes": (int,),
    "data_fingerprint": (str,),
    "device": (str,),
    "stepping": (str,),
    "finished": (bool,),
    "epochs_done": (int, float),
    "steps_done": (int,),
    "seconds_taken": (int, float),
    "created": (str,),
    "versions": (dict,),
}
_LATER_RUN_FIELDS = {"stepping": "eager"}  # for checkpoints that are older than these fields


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The JSON and CSV content of a checkpoint; `load_model` reads its weights."""

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
    history: pd.DataFrame = field(repr=False)
    metrics: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def model(self) -> str:
        return self.config.model

    def metric(self, key: str) -> float | None:
        """Return a number of metrics.json; None if it was not measured or does not apply."""
        value = self.metrics.get(key)
        return float(value) if isinstance(value, int | float) and isfinite(value) else None

    @property
    def command(self) -> str:
        """The command line that trains this checkpoint's run again."""
        return self.config.command(self.name, steps=self.steps_done)


@dataclass(frozen=True)
class Damaged:
    """A folder among the checkpoints that cannot be loaded, and why."""

    path: Path
    reason: str

    @property
    def name(self) -> str:
        return self.path.name


def list_checkpoints() -> tuple[list[Checkpoint], list[Damaged]]:
    """Return all sound checkpoints and, with the reason, all damaged ones, each sorted by name."""
    folder = checkpoints_folder()
    sound: list[Checkpoint] = []
    damaged: list[Damaged] = []
    for path in sorted(folder.iterdir(), key=lambda p: _natural(p.name)) if folder.is_dir() else []:
        if not path.is_dir() or path.name.startswith("."):
            continue
        try:
            sound.append(load(path.name))
        except CheckpointError as error:
            damaged.append(Damaged(path, str(error)))
    return sound, damaged


def _natural(name: str) -> list[tuple[float, str]]:
    parts = re.split(r"(\d+(?:\.\d+)?)", name)  # every second part is a number
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
    content = read_json(path / "config.json")
    if content.get("format") != FORMAT:
        raise CheckpointError(f"config.json has format {content.get('format')!r}, and this version reads {FORMAT}.")
    unknown = sorted(content.keys() - {"format", "settings", "run"})
    if unknown:
        raise CheckpointError(f"config.json: unknown key {', '.join(map(repr, unknown))}.")
    config = _parse_settings(content.get("settings"))
    run = _parse_run(content.get("run"))
    check_header(path / WEIGHTS)
    metrics = read_json(path / "metrics.json") if (path / "metrics.json").exists() else {}
    return Checkpoint(path=path, config=config, history=_read_history(path / "history.csv"), metrics=metrics, **run)


def _parse_settings(settings: Any) -> TrainConfig:
    if not isinstance(settings, dict):
        raise CheckpointError("config.json: 'settings' is missing or not an object.")
    try:
        return config_from_json(settings)
    except ConfigError as error:
        raise CheckpointError(f"config.json: {error}") from error


def _parse_run(run: Any) -> dict[str, Any]:
    if not isinstance(run, dict):
        raise CheckpointError("config.json: 'run' is missing or not an object.")
    run = _LATER_RUN_FIELDS | run
    missing, unknown = sorted(_RUN_FIELDS.keys() - run.keys()), sorted(run.keys() - _RUN_FIELDS.keys())
    if missing or unknown:
        problem = f"missing key {missing[0]!r}" if missing else f"unknown key {unknown[0]!r}"
        raise CheckpointError(f"config.json: {problem} in 'run'.")
    for key, kinds in _RUN_FIELDS.items():
        # type() and not isinstance(), because True must not count as a number.
        if type(run[key]) not in kinds:
            raise CheckpointError(f"config.json: {key} must be {kinds[0].__name__}, not {run[key]!r}.")
    if not all(type(side) is int for side in run["image_shape"]) or image_shape_problems(run["image_shape"]):
        raise CheckpointError(f"config.json: image_shape {run['image_shape']!r} is no shape that a model takes.")
    if not 1 <= run["classes"] <= 10_000:
        raise CheckpointError(f"config.json: classes must be 1 to 10000, not {run['classes']}.")
    return run | {"image_shape": tuple(run["image_shape"])}


def _read_history(path: Path) -> pd.DataFrame:
    try:
        history = pd.read_csv(path)
    except FileNotFoundError as error:
        raise CheckpointError("history.csv is missing.") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"history.csv cannot be read: {error}.") from error
    wanted = {"epoch", "train_reconstruction", "train_kl", "test_reconstruction", "test_kl"}
    if not wanted <= set(history.columns):
        raise CheckpointError(f"history.csv lacks the column {sorted(wanted - set(history.columns))[0]!r}.")
    if not all(pd.api.types.is_numeric_dtype(history[column]) for column in history):
        raise CheckpointError("history.csv holds something that is not a number.")
    return history


def load_model(checkpoint: Checkpoint, device: str | torch.device = "cpu") -> Autoencoder:
    """Load the trained model, in evaluation mode and without gradients.

    Raises:
        CheckpointError: when the weights cannot be read, are not finite, or do not fit the config's model.
    """
    weights = read_weights(checkpoint.path)
    model = build_model(checkpoint.config, checkpoint.image_shape, checkpoint.classes)
    expected = model.state_dict()
    for name in sorted(expected.keys() ^ weights.keys()):
        problem = "lacks the tensor" if name in expected else "has a tensor that config.json does not call for,"
        raise CheckpointError(f"model.safetensors {problem} {name!r}.")
    for name, tensor in weights.items():
        if tensor.shape != expected[name].shape:
            raise CheckpointError(
                f"model.safetensors: {name!r} has shape {tuple(tensor.shape)}, and config.json calls for "
                f"{tuple(expected[name].shape)}."
            )
        if not tensor.isfinite().all():
            raise CheckpointError(f"model.safetensors: {name!r} holds values that are not finite.")
    model.load_state_dict(weights)
    return model.to(device).eval().requires_grad_(False)


def read_filmstrip(checkpoint: Checkpoint) -> np.ndarray | None:
    """Read the samples of every epoch, uint8 (epochs, H, N·W) or (epochs, H, N·W, 3); return None if that fails."""
    height = checkpoint.image_shape[1]
    try:
        with Image.open(checkpoint.path / "filmstrip.png") as image:
            picture = np.asarray(image)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return picture.reshape(-1, height, *picture.shape[1:]) if picture.shape[0] % height == 0 else None


def read_latents(checkpoint: Checkpoint) -> tuple[np.ndarray, list[float]] | None:
    """Read the codes of the first 2,000 test images by epoch, float16 (epochs, 2000, latent_dim), and the epochs.

    Return None if the checkpoint has no such codes, as the shipped ones do not, or they cannot be read.
    """
    try:
        arrays = load_arrays((checkpoint.path / "latents.safetensors").read_bytes())
        latents, epochs = arrays["latents"], arrays["epochs"]
    except (OSError, SafetensorError, KeyError):
        return None
    if latents.ndim != 3 or len(latents) != len(epochs) or latents.shape[2] != checkpoint.config.latent_dim:
        return None
    return latents, [float(epoch) for epoch in epochs]
