"""The judge: a classifier trained on real images, independent of the compared models, that reads what they decode."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from vae.data.dataset import Dataset
from vae.data.imported.about import JUDGE, ImportedSetError, read_about, set_path
from vae.data.names import BUILT_IN
from vae.errors import VaeError
from vae.folders import ROOT, replace_file
from vae.models.feature_network import FEATURES, FeatureNetwork, features

CALIBRATING = 10_000  # test images, at most, that a judge is tested and calibrated on
LARGEST_NOTE = 10_000  # bytes of the note of a refusal


class JudgeError(VaeError):
    """A judge that is missing or cannot be read or written; the message is one sentence for the user."""


class Judge(FeatureNetwork):
    """A small convolutional classifier from images (B, C, H, W) in [0, 1] to class logits (B, classes)."""

    temperature: float

    def __init__(self, image_shape: tuple[int, int, int], classes: int) -> None:
        super().__init__(image_shape)
        self.classes = classes
        self.temperature = 1.0  # divides the logits; `fit_temperature` makes the probabilities as right as they say
        self.classifier = nn.Sequential(nn.Dropout(0.3), nn.Linear(FEATURES, classes))

    def forward(self, images: Tensor) -> Tensor:
        """Return calibrated class logits (B, classes) of images (B, C, H, W) in [0, 1]."""
        return self.classifier(self.features(images)) / self.temperature


class JudgeEpoch(NamedTuple):
    """The state of a judge's training after an epoch."""

    epoch: int
    loss: float  # mean cross-entropy over this epoch's augmented training images, nats
    accuracy: float  # share of all test images that it reads right
    judge: Judge


def read(judge: Judge, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return the class that the judge reads in each image uint8 (N, C, H, W), int64 (N,), and its probability (N,)."""
    found = probabilities(judge, features(judge, images))
    return found.argmax(1), found.max(1)


@torch.no_grad()
def probabilities(judge: Judge, seen: np.ndarray) -> np.ndarray:
    """Return the calibrated probability of every class, float32 (N, classes), given `features` (N, 128) of images."""
    logits = judge.classifier(torch.from_numpy(seen).to(judge.device)) / judge.temperature
    return logits.softmax(1).cpu().numpy()


def calibration_halves(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of two random halves of the test images: one to calibrate on, and one to check that with.

    Of more than 10,000 test images as many random ones are halved.
    """
    rows = np.random.default_rng(0).permutation(len(dataset.test_images))[:CALIBRATING]
    half = len(rows) // 2
    return np.sort(rows[:half]), np.sort(rows[half:])


def judge_path(dataset: str) -> Path:
    """Return the path of a data set's judge.

    It is in `checkpoints/` of the project, whatever VAE_CHECKPOINTS names, or in the folder of an imported set.

    Raises:
        ImportedSetError: for a name that no data set can have.
    """
    if dataset in BUILT_IN:
        return ROOT / "checkpoints" / f"judge-{dataset}.safetensors"
    return set_path(dataset) / JUDGE


def save_judge(report: JudgeEpoch, dataset: Dataset, path: Path) -> None:
    """Write a judge's weights atomically, with its shape, temperature, accuracy and training data as metadata.

    Raises:
        JudgeError: when it cannot be written, as on a full disk, or the images were deleted; what was there stays.
    """
    if path == judge_path(dataset.name):
        _check_here(dataset)
    judge = report.judge
    about = {
        "epochs": report.epoch,
        "accuracy": report.accuracy,
        "temperature": judge.temperature,
        "images": min(len(dataset.test_labels), CALIBRATING),
        "data_fingerprint": dataset.fingerprint,
        "versions": {"torch": torch.__version__},
    }
    texts = {"image_shape": json.dumps(judge.image_shape), "classes": str(judge.classes), "about": json.dumps(about)}
    weights = {name: tensor.contiguous() for name, tensor in judge.state_dict().items()}
    try:
        with replace_file(path) as temporary:
            save_file(weights, temporary, metadata=texts)
            temporary.chmod(0o644)  # safetensors makes the file readable by its owner alone
    except (OSError, SafetensorError) as error:  # the latter when safetensors finds the disk full
        raise JudgeError(f"{path} could not be written: {getattr(error, 'strerror', None) or error}.") from error


def _check_here(dataset: Dataset) -> None:
    """Raise JudgeError if images were deleted since they were loaded, so that their folder does not come back."""
    if dataset.name in BUILT_IN:
        return
    try:
        here = read_about(dataset.name).fingerprint == dataset.fingerprint
    except ImportedSetError:
        here = False
    if not here:
        raise JudgeError(
            f"The images called {dataset.name!r} were deleted while their judge was trained, so that it is not kept."
        )


def load_judge(path: Path) -> tuple[Judge, dict[str, Any]]:
    """Load a judge in evaluation mode and what was saved about it: `accuracy` on test images, `epochs` and more.

    A judge that was saved without a temperature has 1.

    Raises:
        JudgeError: when there is no file at that path or it is damaged.
    """
    if not path.exists():
        raise JudgeError(f"There is no judge at {path.name} that could read what the models decode.")
    try:
        with safe_open(path, framework="pt") as file:
            texts = file.metadata() or {}
        about = json.loads(texts["about"])
        judge = Judge(tuple(json.loads(texts["image_shape"])), int(texts["classes"]))
        judge.load_state_dict(load_file(path))
        judge.temperature = float(about.get("temperature", 1.0))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise JudgeError(f"{path.name} is damaged ({error}).") from error
    return judge.to(memory_format=torch.channels_last).eval().requires_grad_(False), about


def fitting_judge(dataset: Dataset) -> tuple[Judge, dict[str, Any]] | None:
    """Load a data set's judge as `load_judge` does; return None if there is none trained on exactly these images.

    Images without labels have none.
    """
    if not dataset.labelled:
        return None
    try:
        judge, about = load_judge(judge_path(dataset.name))
    except JudgeError:
        return None
    return (judge, about) if about["data_fingerprint"] == dataset.fingerprint else None


def refuse(dataset: Dataset, accuracy: float, least: float) -> str:
    """Note beside the place of a data set's judge that one was trained and refused, delete an older one, and say so.

    Raises:
        JudgeError: when that cannot be written, or the images were deleted.
    """
    path = judge_path(dataset.name)
    _check_here(dataset)
    note = {"accuracy": accuracy, "least": least, "data_fingerprint": dataset.fingerprint}
    try:
        with replace_file(_note_path(path)) as temporary:
            temporary.write_text(json.dumps(note), "utf-8")
        path.unlink(missing_ok=True)
    except OSError as error:
        raise JudgeError(f"{path} could not be written: {error.strerror}.") from error
    return _refused(accuracy, least)


def refusal(dataset: Dataset) -> str | None:
    """Say in a sentence why a data set's judge was refused; return None if none was, of exactly these images."""
    try:
        path = _note_path(judge_path(dataset.name))
        note = json.loads(path.read_text("utf-8")) if path.stat().st_size <= LARGEST_NOTE else {}
        if note["data_fingerprint"] == dataset.fingerprint:
            return _refused(float(note["accuracy"]), float(note["least"]))
    except (OSError, VaeError, ValueError, TypeError, KeyError, RecursionError):
        pass
    return None


def _note_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}-refused.json")


def _refused(accuracy: float, least: float) -> str:
    return (
        f"The judge that was trained on these images is not used: it reads only {accuracy:.1%} of the test images "
        f"right, and {least:.1%} are needed."
    )
