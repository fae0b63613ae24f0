"""Checkpoints: a folder each, written beside its place and renamed into it, never a pickle.

model.safetensors   the weights
config.json         every setting, and how and on what the run was made
history.csv         a line an epoch
metrics.json        what `vae.measure.evaluate.evaluate` measured, once it has
filmstrip.png       the samples of every epoch: a row an epoch
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays
from safetensors.torch import load_file, save_file

from vae.data.datasets import ROOT, Dataset
from vae.models.autoencoders import Autoencoder, image_shape_problems
from vae.training.config import ConfigError, TrainConfig, config_from_json
from vae.training.loop import EpochReport, build_model

FORMAT = 1
FILM_BYTES = 8_000_000
WEIGHTS = "model.safetensors"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
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
_LATER_RUN_FIELDS = {"stepping": "eager"}  # that checkpoints made before them lack


class CheckpointError(Exception):
    """A checkpoint that cannot be written or read; the message is one sentence for the user."""


class CheckpointNameError(CheckpointError):
    """A name that is bad, taken, or not there."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint's texts; its weights are read by `load_model`."""

    path: Path
    config: TrainConfig
    image_shape: tuple[int, int, int]
    classes: int
    data_fingerprint: str  # SHA-256 of the data set it was trained on
    device: str
    stepping: str  # `CUDA graph` or `eager`, with the reason where capture failed
    finished: bool  # False: stopped before its budget was spent
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
        """A number of metrics.json; None where it was not measured or does not apply."""
        value = self.metrics.get(key)
        return float(value) if isinstance(value, int | float) and isfinite(value) else None

    @property
    def command(self) -> str:
        """The command line that trains this again."""
        return self.config.command(self.name, steps=self.steps_done)


@dataclass(frozen=True)
class Damaged:
    """A folder among the checkpoints that cannot be loaded, and why."""

    path: Path
    reason: str

    @property
    def name(self) -> str:
        return self.path.name


def checkpoints_folder() -> Path:
    """Where checkpoints are kept: `checkpoints/` of the project, or the folder that VAE_CHECKPOINTS names."""
    return Path(os.environ.get("VAE_CHECKPOINTS") or ROOT / "checkpoints")


def checkpoint_path(name: str) -> Path:
    """The folder of a checkpoint's name.

    Raises:
        CheckpointNameError: for a name that could leave the folder or that a file system may refuse.
    """
    if not _NAME.fullmatch(name):
        raise CheckpointNameError(
            f"{name!r} is no name for a checkpoint: use up to 80 letters, digits, dots, dashes and underscores, "
            "beginning with a letter or a digit."
        )
    return checkpoints_folder() / name


def unused_name(wanted: str, reserved: Collection[str] = ()) -> str:
    """`wanted`, or the first of wanted-2, wanted-3, … that no checkpoint has and that is not reserved."""
    name, number = wanted, 1
    while name in reserved or checkpoint_path(name).exists():
        number += 1
        name = f"{wanted}-{number}"
    return name


def record(
    reports: Iterable[EpochReport],
    name: str,
    config: TrainConfig,
    dataset: Dataset,
    *,
    overwrite: bool = False,
    only_finished: bool = False,
) -> Iterator[EpochReport]:
    """Pass a run's reports on, saving a checkpoint after each; one that is closed early keeps the last full epoch.

    Args:
        only_finished: save after the last report alone; a run that is closed early leaves nothing.

    Raises:
        CheckpointError: for a bad name, one that is taken unless `overwrite`, or a folder that cannot be written.
    """
    path = checkpoint_path(name)
    if path.exists() and not overwrite:
        raise CheckpointNameError(f"There is a checkpoint called {name!r} already; choose another name or delete it.")
    course = _Course()
    for report in reports:
        course.add(report)
        if report.progress >= 1 or not only_finished:
            _save(path, report, config, dataset, course)
        yield report


@dataclass
class _Course:
    """What a run leaves behind of every epoch."""

    history: list[dict[str, float]] = field(default_factory=list)
    samples: list[np.ndarray] = field(default_factory=list)
    latents: list[np.ndarray] = field(default_factory=list)

    def add(self, report: EpochReport) -> None:
        self.history.append(report.row())
        self.samples.append(report.samples)
        self.latents.append(report.latents.astype(np.float16))

    def film(self) -> dict[str, np.ndarray]:
        """The codes after each epoch, or after so many of them, evenly chosen, as fit into 8 MB."""
        frames = min(len(self.latents), max(2, FILM_BYTES // self.latents[0].nbytes))
        chosen = np.unique(np.linspace(0, len(self.latents) - 1, frames).round().astype(int))
        epochs = np.array([self.history[i]["epoch"] for i in chosen], np.float32)
        return {"latents": np.stack([self.latents[i] for i in chosen]), "epochs": epochs}


def shrink(name: str) -> None:
    """Store a checkpoint's weights in half precision and drop the film of its codes; what was measured is dropped too.

    Half the size for less than a hundredth of a nat; `load_model` computes in float32 as ever.

    Raises:
        CheckpointError: when there is none of that name, it is damaged, or it cannot be written.
    """
    checkpoint = load(name)
    weights = {key: tensor.half() for key, tensor in load_model(checkpoint).state_dict().items()}
    try:
        with replacing(checkpoint.path) as folder:
            _write_weights(folder, weights)
            for kept in ("config.json", "history.csv", "filmstrip.png"):
                shutil.copy(checkpoint.path / kept, folder / kept)
    except OSError as error:
        raise CheckpointError(f"{checkpoint.path} could not be written: {error.strerror or error}.") from error


def _write_weights(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    save_file({key: tensor.detach().cpu().contiguous() for key, tensor in weights.items()}, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors leaves it to its owner alone


def _save(path: Path, report: EpochReport, config: TrainConfig, dataset: Dataset, course: _Course) -> None:
    run = {
        "image_shape": list(dataset.image_shape),
        "classes": len(dataset.class_names),
        "data_fingerprint": dataset.fingerprint,
        "device": device_name(next(report.model.parameters()).device),
        "stepping": report.stepping,
        "finished": report.progress >= 1,
        "epochs_done": round(report.epoch, 4),
        "steps_done": report.step,
        "seconds_taken": round(report.elapsed, 3),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as folder:
            _write_weights(folder, report.model.state_dict())
            write_json(folder / "config.json", {"format": FORMAT, "settings": asdict(config), "run": run})
            pd.DataFrame(course.history).to_csv(folder / "history.csv", index=False, float_format="%.6g")
            Image.fromarray(filmstrip(course.samples)).save(folder / "filmstrip.png", optimize=True)
            (folder / "latents.safetensors").write_bytes(save_arrays(course.film()))
    except OSError as error:
        raise CheckpointError(f"The checkpoint {path} could not be written: {error.strerror or error}.") from error


class replacing:  # noqa: N801 — a context manager that reads as a verb
    """A new folder beside `path` that takes its place when the block ends well, and is removed when it does not."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Path:
        self.folder = Path(tempfile.mkdtemp(prefix=f".{self.path.name}-", dir=self.path.parent))
        self.folder.chmod(0o755)
        return self.folder

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            # Two renames, since no portable call swaps folders: a reader between them finds no folder, never a half.
            old = self.folder.with_name(self.folder.name + ".old")
            if self.path.exists():
                self.path.rename(old)
            self.folder.rename(self.path)
            shutil.rmtree(old, ignore_errors=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def filmstrip(film: list[np.ndarray]) -> np.ndarray:
    """Samples (epochs × (N, C, H, W)) uint8 → one picture (epochs·H, N·W) or (epochs·H, N·W, 3), a row an epoch."""
    rows = [samples.transpose(2, 0, 3, 1).reshape(samples.shape[2], -1, samples.shape[1]) for samples in film]
    picture = np.concatenate(rows)
    return picture[..., 0] if picture.shape[-1] == 1 else picture


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` so that a reader finds the old file or the new one, never a part."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def write_metrics(name: str, metrics: dict[str, Any]) -> None:
    """Put what was measured beside the weights it was measured on."""
    write_json(checkpoint_path(name) / "metrics.json", metrics)


def list_checkpoints() -> tuple[list[Checkpoint], list[Damaged]]:
    """Every checkpoint by name, and every folder that is not a sound one with the reason."""
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


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part.lower()) for part in re.split(r"(\d+)", name)]


def load(name: str) -> Checkpoint:
    """Read a checkpoint's texts and look its weights' header over.

    Raises:
        CheckpointError: saying which file is missing or damaged, and how.
    """
    return read_checkpoint(existing_path(name))


def read_checkpoint(path: Path) -> Checkpoint:
    """The same from a folder anywhere."""
    content = _read_json(path / "config.json")
    if content.get("format") != FORMAT:
        raise CheckpointError(f"config.json has format {content.get('format')!r}, and this version reads {FORMAT}.")
    unknown = sorted(content.keys() - {"format", "settings", "run"})
    if unknown:
        raise CheckpointError(f"config.json: unknown key {', '.join(map(repr, unknown))}.")
    config = _parse_settings(content.get("settings"))
    run = _parse_run(content.get("run"))
    _check_header(path / WEIGHTS)
    metrics = _read_json(path / "metrics.json") if (path / "metrics.json").exists() else {}
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
        # type() and not isinstance(): True is no number here.
        if type(run[key]) not in kinds:
            raise CheckpointError(f"config.json: {key} must be {kinds[0].__name__}, not {run[key]!r}.")
    if not all(type(side) is int for side in run["image_shape"]) or image_shape_problems(run["image_shape"]):
        raise CheckpointError(f"config.json: image_shape {run['image_shape']!r} is no shape that a model takes.")
    if not 1 <= run["classes"] <= 10_000:
        raise CheckpointError(f"config.json: classes must be 1 to 10000, not {run['classes']}.")
    return run | {"image_shape": tuple(run["image_shape"])}


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.name} is missing.") from error
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path.name} holds no JSON object.")
    return content


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


def _check_header(path: Path) -> None:
    """Raise for weights that are missing, cut short, or a pickle under another name."""
    try:
        with safe_open(path, framework="pt"):
            return
    except FileNotFoundError as error:
        raise CheckpointError("model.safetensors is missing.") from error
    except (SafetensorError, OSError) as error:
        if _is_pickle(path):
            raise CheckpointError(
                "model.safetensors is a pickle (a file of torch.save), which can run code and is never opened here; "
                "save the weights with safetensors.torch.save_file."
            ) from error
        raise CheckpointError(f"model.safetensors is damaged or cut short ({error}).") from error


def _is_pickle(path: Path) -> bool:
    """Whether a file begins like those of torch.save: a zip archive of pickles or, before PyTorch 1.6, a bare one."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError:
        return False
    return start == b"PK" or (start[:1] == b"\x80" and b"\x02" <= start[1:] <= b"\x05")


def load_model(checkpoint: Checkpoint, device: str | torch.device = "cpu") -> Autoencoder:
    """The trained model, ready to look at: in evaluation mode, no gradients.

    Raises:
        CheckpointError: when the weights cannot be read or are not those of the config's model.
    """
    _check_header(checkpoint.path / WEIGHTS)
    try:
        weights = load_file(checkpoint.path / WEIGHTS)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"model.safetensors is damaged or cut short ({error}).") from error
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
    """The samples of every epoch, uint8 (epochs, H, N·W) or (epochs, H, N·W, 3); None where they cannot be read."""
    height = checkpoint.image_shape[1]
    try:
        with Image.open(checkpoint.path / "filmstrip.png") as image:
            picture = np.asarray(image)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return picture.reshape(-1, height, *picture.shape[1:]) if picture.shape[0] % height == 0 else None


def read_latents(checkpoint: Checkpoint) -> tuple[np.ndarray, list[float]] | None:
    """The codes of the first 2,000 test images after each epoch, float16 (epochs, 2000, latent_dim), and the epochs.

    None where the run kept none, as the shipped ones do, or they cannot be read.
    """
    try:
        arrays = load_arrays((checkpoint.path / "latents.safetensors").read_bytes())
        latents, epochs = arrays["latents"], arrays["epochs"]
    except (OSError, SafetensorError, KeyError):
        return None
    if latents.ndim != 3 or len(latents) != len(epochs) or latents.shape[2] != checkpoint.config.latent_dim:
        return None
    return latents, [float(epoch) for epoch in epochs]


def existing_path(name: str) -> Path:
    """The folder of a checkpoint that is there, sound or damaged.

    Raises:
        CheckpointNameError: when there is none of that name.
    """
    path = checkpoint_path(name)
    if not path.is_dir():
        raise CheckpointNameError(f"There is no checkpoint called {name!r} in {path.parent}.")
    return path


def device_name(device: torch.device) -> str:
    """`cuda (NVIDIA H200)`, `mps` or `cpu`."""
    return f"cuda ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type
