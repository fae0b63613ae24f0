"""The command `judge`: train the judge, which is the classifier that reads what the models decode."""

import argparse
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

from vae.cli.stops import telling
from vae.cli.streams import say
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.names import BUILT_IN
from vae.models.judge import JudgeEpoch, JudgeError, judge_path, save_judge
from vae.models.judge_training import check_labels, fit_temperature, keep_judge, least_accuracy, train_judge

USUAL_EPOCHS = 12


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Train the judge of a data set, save it, and return its path, epochs and accuracy.

    That of imported images is refused where it reads too little.
    """
    path = judge_path(args.dataset)
    own = args.dataset not in BUILT_IN
    if path.parent.exists() or not own:  # an imported set's folder is made by its import alone
        _check_writable(path.parent)
    dataset = load_dataset(args.dataset)
    check_labels(dataset)
    report = best = None
    with telling(lambda: _left(best, dataset, path)):
        for report in train_judge(dataset, args.epochs or (None if own else USUAL_EPOCHS), args.seed):
            say(f"epoch {report.epoch:<3} loss {report.loss:.4f}   accuracy {report.accuracy:.2%}")
            if best is None or report.accuracy >= best.accuracy:
                best = report._replace(judge=deepcopy(report.judge))  # which further training leaves alone
    assert report is not None
    if own:
        keep_judge(report, dataset)
    else:
        save_judge(report, dataset, path)
    return {"path": str(path), "epochs": report.epoch, "accuracy": report.accuracy}


def _check_writable(folder: Path) -> None:
    """Refuse a folder that cannot be written now, and not after half an hour of training."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise JudgeError(f"{folder}, where judges are kept, cannot be written: {error.strerror}.") from error


def _left(best: JudgeEpoch | None, dataset: Dataset, path: Path) -> str:
    """Keep the best judge of a training that was stopped, if there was none before, and say what is left."""
    if path.exists():
        return f"{path.name} stays as it was."
    if best is None:
        return "no epoch was complete, so that there is still no judge."
    if dataset.name not in BUILT_IN and best.accuracy < least_accuracy(dataset):
        return "no epoch reads enough images right, so that there is still no judge."
    best.judge.temperature = fit_temperature(best.judge, dataset)
    try:
        save_judge(best, dataset, path)
    except JudgeError as error:
        return f"there is still no judge: {error}"
    return (
        f"since there was no judge, {path.name} is kept as it was after epoch {best.epoch}, and reads "
        f"{best.accuracy:.2%} of the test images right."
    )


def show(result: dict[str, Any]) -> str:
    """Return a line with the judge's path and accuracy."""
    return f"{result['path']}: the judge reads {result['accuracy']:.2%} of the test images right"
