"""Record a training run as a checkpoint, epoch by epoch."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.models.multi_rate import settled
from vae.storage.checkpoints import load
from vae.storage.claims import claiming
from vae.storage.config_file import CONFIG, FORMAT
from vae.storage.files import new_folder, write_json
from vae.storage.film import CODE_BYTES, FILMSTRIP, FRAMES, Frames, write_filmstrip, write_latents
from vae.storage.header import Stored, stored
from vae.storage.history import HISTORY, line, write_history
from vae.storage.models import load_model
from vae.storage.names import checkpoint_path, existing_path
from vae.storage.notes import NOTE
from vae.storage.shipped import refuse_shipped
from vae.storage.weights import write_weights
from vae.training.build import device_name
from vae.training.config import TrainConfig
from vae.training.reports import EpochReport

LARGEST = float(np.finfo(np.float16).max)  # that a code of the film can be; those of a run that goes astray are larger


class Recording:
    """The checkpoint of a run that is being trained, whose name its maker has claimed.

    Args:
        replacing: whether it replaces the checkpoint that has the name now. That one stays until the run is finished.
        only_finished: save after the last report alone, so that a run that is closed early leaves nothing.
    """

    def __init__(
        self,
        name: str,
        config: TrainConfig,
        dataset: Dataset,
        *,
        replacing: bool = False,
        only_finished: bool = False,
    ) -> None:
        self.path, self.config, self.dataset = checkpoint_path(name), config, dataset
        self._written = stored(self.path) if replacing and self.path.exists() else None
        self._only_finished = only_finished or self._written is not None
        self._lines: list[str] = []
        self._epochs: list[float] = []
        self._samples = Frames(FRAMES)
        self._codes: Frames | None = None

    @property
    def stored(self) -> Stored:
        """The weights that were saved last."""
        assert self._written is not None
        return self._written

    def follow(self, reports: Iterable[EpochReport]) -> Iterator[EpochReport]:
        """Yield a run's reports unchanged, after saving each; if closed early, the last one saved stays.

        Raises:
            CheckpointError: when the folder cannot be written, or somebody else has got the name after all.
        """
        for report in reports:
            self._add(report)
            if report.progress >= 1 or not self._only_finished:
                self._save(report)
            yield report

    def _add(self, report: EpochReport) -> None:
        codes = report.latents.clip(-LARGEST, LARGEST).astype(np.float16)
        if self._codes is None:
            self._codes = Frames(max(2, CODE_BYTES // codes.nbytes))
        self._codes.add(codes)
        self._samples.add(report.samples)
        self._epochs.append(report.row()["epoch"])
        self._lines.append(line(report.row()))

    def _save(self, report: EpochReport) -> None:
        assert self._codes is not None
        with new_folder(self.path, self._written) as folder:
            write_weights(folder, settled(report.model).state_dict())
            # Not `auto`, so that the run can be repeated, to the bit on the same kind of processor.
            settings = asdict(self.config) | {"precision": report.precision}
            write_json(folder / CONFIG, {"format": FORMAT, "settings": settings, "run": self._run(report)})
            write_history(folder, report.row(), self._lines)
            write_filmstrip(folder, self._samples)
            write_latents(folder, self._codes, self._epochs)
            written = stored(folder)
        self._written = Stored(self.path.name, written.marks)

    def _run(self, report: EpochReport) -> dict[str, object]:
        return {
            "image_shape": list(self.dataset.image_shape),
            "classes": len(self.dataset.class_names),
            "data_fingerprint": self.dataset.fingerprint,
            "device": device_name(report.model.device),
            "stepping": report.stepping,
            "finished": report.progress >= 1,
            "epochs_done": round(report.epoch, 4),
            "steps_done": report.step,
            "seconds_taken": round(report.elapsed, 3),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": {"torch": torch.__version__, "numpy": np.__version__},
        }


def record(
    reports: Iterable[EpochReport], name: str, config: TrainConfig, dataset: Dataset, *, overwrite: bool = False
) -> Generator[EpochReport]:
    """Claim a name for a run, and yield its reports unchanged, after saving each as `Recording.follow` does.

    Args:
        overwrite: replace a checkpoint that has the name already, once the run is finished.

    Raises:
        CheckpointError: for a name that is not allowed, taken (unless `overwrite` is set) or claimed, before the first
            report; or for a folder that cannot be written.
    """
    with claiming(name, replacing=overwrite):
        yield from Recording(name, config, dataset, replacing=overwrite).follow(reports)


def shrink(name: str, *, replace_shipped: bool = False) -> None:
    """Store a checkpoint's weights in half precision and drop its codes' film and its measurements.

    The weights take half the space and the loss changes by less than a hundredth of a nat. `load_model` still makes a
    float32 model of them.

    Args:
        replace_shipped: also where the run comes with the project.

    Raises:
        CheckpointError: when there is no checkpoint of that name, or it is damaged, in training, or cannot be written,
            or comes with the project.
    """
    if not replace_shipped:
        refuse_shipped(existing_path(name), "changed", "--replace-shipped")
    with claiming(name, replacing=True):
        checkpoint = load(name)
        weights = {key: tensor.half() for key, tensor in load_model(checkpoint).state_dict().items()}
        with new_folder(checkpoint.path, checkpoint.stored) as folder:
            write_weights(folder, weights)
            for kept in (CONFIG, HISTORY, FILMSTRIP, NOTE):
                _copy(checkpoint.path / kept, folder / kept)


def _copy(file: Path, copy: Path) -> None:
    if file.exists():
        copy.write_bytes(file.read_bytes())
