"""Write a run's TensorBoard event files on request, for those who already watch training with TensorBoard."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch

from vae.data.datasets import Dataset
from vae.data.pixels import to_unit
from vae.folders import checkpoints_folder
from vae.training.reports import EpochReport


class TensorboardError(ValueError):
    """TensorBoard is not installed; the message says how to install it."""


def events_folder(name: str) -> Path:
    """Return the folder of a run's event files, in `tensorboard/` beside the checkpoints' folder."""
    return checkpoints_folder().parent / "tensorboard" / name


def follow(reports: Iterable[EpochReport], name: str, dataset: Dataset) -> Iterator[EpochReport]:
    """Yield a run's reports unchanged and write the losses, speed, KL per dimension and samples of each.

    At the end an embedding for TensorBoard's projector is written: the codes of the first 2,000 test images with their
    classes and thumbnails.

    Raises:
        TensorboardError: when TensorBoard is not installed, before the first epoch.
    """
    writer = _open(events_folder(name))
    return _write(reports, writer, dataset)


def _open(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise TensorboardError("TensorBoard is not installed; `pip install tensorboard` brings it.") from None
    return SummaryWriter(str(folder))


def _write(reports: Iterable[EpochReport], writer: Any, dataset: Dataset) -> Iterator[EpochReport]:
    report = None
    try:
        for report in reports:
            for part in ("train", "test"):
                for key, value in getattr(report, part)._asdict().items():
                    writer.add_scalar(f"{key}/{part}", value, report.step)
            writer.add_scalar("images_per_second", report.images_per_second, report.step)
            for dimension, kl in enumerate(() if report.kl_per_dimension is None else report.kl_per_dimension, start=1):
                writer.add_scalar(f"kl_per_dimension/z{dimension}", kl, report.step)
            writer.add_images("samples", torch.from_numpy(report.samples), report.step)
            yield report
        if report is not None:
            count = len(report.latents)
            names = [dataset.class_names[label] for label in dataset.test_labels[:count]]
            thumbnails = to_unit(dataset.test_images[:count])
            # The projector shows nothing for codes of fewer than three dimensions.
            codes = torch.nn.functional.pad(torch.from_numpy(report.latents), (0, max(0, 3 - report.latents.shape[1])))
            writer.add_embedding(codes, metadata=names, label_img=thumbnails, global_step=report.step, tag="codes")
    finally:
        writer.close()
