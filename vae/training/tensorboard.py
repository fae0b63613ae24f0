"""Write a run's TensorBoard event files on request, for those who already watch training with TensorBoard."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import torch

from vae.data.dataset import Dataset
from vae.data.pixels import to_unit
from vae.errors import VaeError
from vae.folders import checkpoints_folder
from vae.training.reports import EpochReport


class TensorboardError(VaeError):
    """TensorBoard is not installed, or its files cannot be written; the message is one sentence for the user."""


def events_folder(name: str) -> Path:
    """Return the folder of a run's event files, in `tensorboard/` beside the checkpoints' folder."""
    return checkpoints_folder().resolve().parent / "tensorboard" / name


def follow(reports: Iterable[EpochReport], name: str, dataset: Dataset) -> Iterator[EpochReport]:
    """Yield a run's reports unchanged and write the losses, speed, KL per dimension and samples of each.

    Nothing is opened before the first report is asked for, when the run has claimed its name. At the end an embedding
    for TensorBoard's projector is written: the codes of the first 2,000 test images with their classes and thumbnails.

    Raises:
        TensorboardError: when TensorBoard is not installed, at once; or when the event files cannot be written.
    """
    return _follow(reports, _summary_writer(), events_folder(name), dataset)


def _summary_writer() -> Callable[[str], Any]:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise TensorboardError("TensorBoard is not installed; `pip install tensorboard` brings it.") from None
    return SummaryWriter


def _follow(
    reports: Iterable[EpochReport], open_writer: Callable[[str], Any], folder: Path, dataset: Dataset
) -> Iterator[EpochReport]:
    with ExitStack() as open_files:
        open_files.enter_context(_one_word_of_an_error())
        with _in_words(folder):
            writer = open_writer(str(folder))
        open_files.callback(_close, writer)
        report = None
        for report in reports:
            with _in_words(folder):
                _add_report(writer, report)
            yield report
        with _in_words(folder):
            if report is not None:
                _add_codes(writer, report, dataset)
            writer.close()


def _close(writer: Any) -> None:
    with suppress(OSError):  # what ended the run is told, and not what became of its events
        writer.close()


@contextmanager
def _one_word_of_an_error() -> Iterator[None]:
    """Keep TensorBoard's thread from printing the traceback of an error that the next call of its writer raises."""
    before = threading.excepthook

    def tell(error: threading.ExceptHookArgs) -> None:
        if not type(error.thread).__module__.startswith("tensorboard."):
            before(error)

    threading.excepthook = tell
    try:
        yield
    finally:
        threading.excepthook = before


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TensorboardError(
            f"The event files in {folder} could not be written: {error.strerror or error}."
        ) from error


def _add_report(writer: Any, report: EpochReport) -> None:
    for part in ("train", "test"):
        for key, value in getattr(report, part)._asdict().items():
            writer.add_scalar(f"{key}/{part}", value, report.step)
    writer.add_scalar("images_per_second", report.images_per_second, report.step)
    for dimension, kl in enumerate(() if report.kl_per_dimension is None else report.kl_per_dimension, start=1):
        writer.add_scalar(f"kl_per_dimension/z{dimension}", kl, report.step)
    writer.add_images("samples", torch.from_numpy(report.samples), report.step)


def _add_codes(writer: Any, report: EpochReport, dataset: Dataset) -> None:
    count = len(report.latents)
    names = [dataset.class_names[label] for label in dataset.test_labels[:count]]
    thumbnails = to_unit(dataset.test_images[:count])
    # The projector shows nothing for codes of fewer than three dimensions.
    codes = torch.nn.functional.pad(torch.from_numpy(report.latents), (0, max(0, 3 - report.latents.shape[1])))
    writer.add_embedding(codes, metadata=names, label_img=thumbnails, global_step=report.step, tag="codes")
