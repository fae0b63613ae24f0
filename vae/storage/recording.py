"""Record a training run as a checkpoint, epoch by epoch."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image
from safetensors.numpy import save as save_arrays

from vae.data.datasets import Dataset
from vae.data.to_picture import filmstrip
from vae.storage.checkpoints import FORMAT, load, load_model
from vae.storage.files import replace_folder, write_json
from vae.storage.names import CheckpointError, checkpoint_path, free_path
from vae.storage.weights import write_weights
from vae.training.build import device_name
from vae.training.config import TrainConfig
from vae.training.reports import EpochReport

FILM_BYTES = 8_000_000


def record(
    reports: Iterable[EpochReport],
    name: str,
    config: TrainConfig,
    dataset: Dataset,
    *,
    overwrite: bool = False,
    only_finished: bool = False,
) -> Iterator[EpochReport]:
    """Yield a run's reports unchanged, after saving a checkpoint of each; if closed early, the last one saved stays.

    Args:
        overwrite: replace a checkpoint that has the name already.
        only_finished: save after the last report alone, so that a run that is closed early leaves nothing.

    Raises:
        CheckpointError: for a name that is not allowed, a name that is taken (unless `overwrite` is set), or a folder
            that cannot be written.
    """
    path = checkpoint_path(name) if overwrite else free_path(name)
    course = _History()
    for report in reports:
        course.add(report)
        if report.progress >= 1 or not only_finished:
            write_checkpoint(path, report, config, dataset, course)
        yield report


@dataclass
class _History:
    """The history, samples and codes of a run, collected after every epoch."""

    history: list[dict[str, float]] = field(default_factory=list)
    samples: list[np.ndarray] = field(default_factory=list)
    latents: list[np.ndarray] = field(default_factory=list)

    def add(self, report: EpochReport) -> None:
        """Add the report of an epoch."""
        self.history.append(report.row())
        self.samples.append(report.samples)
        self.latents.append(report.latents.astype(np.float16))

    def film(self) -> dict[str, np.ndarray]:
        """Return the codes after each epoch, or after as many evenly chosen epochs as fit into 8 MB, and the epochs."""
        frames = min(len(self.latents), max(2, FILM_BYTES // self.latents[0].nbytes))
        chosen = np.unique(np.linspace(0, len(self.latents) - 1, frames).round().astype(int))
        epochs = np.array([self.history[i]["epoch"] for i in chosen], np.float32)
        return {"latents": np.stack([self.latents[i] for i in chosen]), "epochs": epochs}


def shrink(name: str) -> None:
    """Store a checkpoint's weights in half precision and drop its codes' film and its measurements.

    The weights take half the space and the loss changes by less than a hundredth of a nat. `load_model` still makes a
    float32 model of them.

    Raises:
        CheckpointError: when there is no checkpoint of that name, it is damaged, or it cannot be written.
    """
    checkpoint = load(name)
    weights = {key: tensor.half() for key, tensor in load_model(checkpoint).state_dict().items()}
    try:
        with replace_folder(checkpoint.path) as folder:
            write_weights(folder, weights)
            for kept in ("config.json", "history.csv", "filmstrip.png"):
                shutil.copy(checkpoint.path / kept, folder / kept)
    except OSError as error:
        raise CheckpointError(f"{checkpoint.path} could not be written: {error.strerror or error}.") from error


def write_checkpoint(path: Path, report: EpochReport, config: TrainConfig, dataset: Dataset, course: _History) -> None:
    """Write the checkpoint of a run after a report, with all that `course` has collected; replace an older one.

    Raises:
        CheckpointError: when the folder cannot be written.
    """
    run = {
        "image_shape": list(dataset.image_shape),
        "classes": len(dataset.class_names),
        "data_fingerprint": dataset.fingerprint,
        "device": device_name(report.model.device),
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
        with replace_folder(path) as folder:
            write_weights(folder, report.model.state_dict())
            write_json(folder / "config.json", {"format": FORMAT, "settings": asdict(config), "run": run})
            pd.DataFrame(course.history).to_csv(folder / "history.csv", index=False, float_format="%.6g")
            Image.fromarray(filmstrip(course.samples)).save(folder / "filmstrip.png", optimize=True)
            (folder / "latents.safetensors").write_bytes(save_arrays(course.film()))
    except OSError as error:
        raise CheckpointError(f"The checkpoint {path} could not be written: {error.strerror or error}.") from error
