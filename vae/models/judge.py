"""The judge: a classifier trained on real images, independent of the compared models, that reads what they decode."""

import json
from collections.abc import Iterator
from math import exp, log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from vae.data.datasets import Dataset
from vae.data.pixels import to_unit
from vae.errors import VaeError
from vae.folders import ROOT, replace_file
from vae.models.batches import by_batches
from vae.progress import Report

BATCH_SIZE = 128
READ_BATCH = 64  # small enough for the processor's cache and for sharing among its cores
PEAK_RATE = 3e-3
POOLED = -2  # the layers of `Judge.features` from which on they are a linear layer
MAPS = 512  # numbers that these layers take: means of the last maps over the quarters of an image
# The most that a training image is turned (radians), stretched (share) and moved (share of half its width).
TURN, STRETCH, SHIFT = 0.2, 0.12, 0.15


class JudgeError(VaeError):
    """A judge that is missing or cannot be read or written; the message is one sentence for the user."""


class Judge(nn.Module):
    """A small convolutional classifier from images (B, C, H, W) in [0, 1] to class logits (B, classes)."""

    temperature: float

    def __init__(self, image_shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        self.image_shape, self.classes = image_shape, classes
        self.temperature = 1.0  # divides the logits; `fit_temperature` makes the probabilities as right as they say
        self.features = nn.Sequential(
            *_convolution(image_shape[0], 32),
            *_convolution(32, 32),
            nn.MaxPool2d(2),
            *_convolution(32, 64),
            *_convolution(64, 64),
            nn.MaxPool2d(2),
            *_convolution(64, 128),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(MAPS, 128),
            nn.ReLU(),
        )  # (B, 128)
        self.classifier = nn.Sequential(nn.Dropout(0.3), nn.Linear(128, classes))

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.parameters()).device

    def forward(self, images: Tensor) -> Tensor:
        """Return calibrated class logits (B, classes) of images (B, C, H, W) in [0, 1]."""
        return self.classifier(self.features(images)) / self.temperature


def _convolution(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


class JudgeEpoch(NamedTuple):
    """The state of a judge's training after an epoch."""

    epoch: int
    loss: float  # mean cross-entropy over this epoch's augmented training images, nats
    accuracy: float  # share of all test images that it reads right
    judge: Judge


def train_judge(dataset: Dataset, epochs: int = 12, seed: int = 0) -> Iterator[JudgeEpoch]:
    """Train a judge on a data set's images, turned, stretched and moved at random; yield a report after every epoch.

    The judge of the last report is calibrated by `fit_temperature`.
    """
    noise = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = Judge(dataset.image_shape, len(dataset.class_names)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(judge.parameters(), lr=PEAK_RATE)
    batches = -(-dataset.train_size // BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=epochs * batches)
    for epoch in range(1, epochs + 1):
        judge.train()
        total = 0.0
        # Dropout draws from torch's global stream, which belongs to the caller and is left as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed + epoch)
            for chosen in torch.randperm(dataset.train_size, generator=noise).split(BATCH_SIZE):
                images = _augment(to_unit(dataset.train_images[chosen]), noise)
                loss = F.cross_entropy(judge(images), dataset.train_labels[chosen])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += float(loss.detach()) * len(chosen)
        judge.eval()
        if epoch == epochs:
            judge.temperature = fit_temperature(judge, dataset)
        right = read(judge, dataset.test_images)[0] == dataset.test_labels.numpy()
        yield JudgeEpoch(epoch, total / dataset.train_size, float(right.mean()), judge)


def _augment(images: Tensor, noise: torch.Generator) -> Tensor:
    def uniform(limit: float) -> Tensor:
        return (torch.rand(len(images), generator=noise) * 2 - 1) * limit

    angle, wide, high = uniform(TURN), 1 + uniform(STRETCH), 1 + uniform(STRETCH)
    cos, sin = angle.cos(), angle.sin()
    rows = [torch.stack([wide * cos, -sin, uniform(SHIFT)], 1), torch.stack([sin, high * cos, uniform(SHIFT)], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False).contiguous(memory_format=torch.channels_last)


def read(judge: Judge, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return the class that the judge reads in each image uint8 (N, C, H, W), int64 (N,), and its probability (N,)."""
    found = probabilities(judge, features(judge, images))
    return found.argmax(1), found.max(1)


def features(judge: Judge, images: Tensor, on_progress: Report | None = None) -> np.ndarray:
    """Compute the features that the judge classifies by, float32 (N, 128), all ≥ 0, of images uint8 (N, C, H, W).

    `on_progress` is called with the fraction done after every batch; an exception that it raises ends the computation.
    """
    return features_of(judge, pooled(judge, images, on_progress))


def pooled(judge: Judge, images: Tensor, on_progress: Report | None = None) -> np.ndarray:
    """Compute the means of the judge's last 128 convolution maps over each quarter of an image, float32 (N, 512).

    The features are a linear layer further on. All are ≥ 0; images and `on_progress` are those of `features`.
    """
    # Its memory is taken at once: parts of it between the layers' large outputs would keep these from being used again.
    found = np.empty((len(images), MAPS), np.float32)

    def read_rows(rows: slice) -> None:
        found[rows] = judge.features[:POOLED](to_unit(images[rows].to(judge.device))).cpu()

    by_batches(read_rows, len(images), READ_BATCH, judge.device, on_progress)
    return found


@torch.no_grad()
def features_of(judge: Judge, seen: np.ndarray) -> np.ndarray:
    """Compute the `features`, float32 (N, 128), of images whose `pooled` maps (N, 512) are known."""
    return judge.features[POOLED:](torch.from_numpy(seen).to(judge.device)).cpu().numpy()


@torch.no_grad()
def probabilities(judge: Judge, seen: np.ndarray) -> np.ndarray:
    """Return the calibrated probability of every class, float32 (N, classes), given `features` (N, 128) of images."""
    logits = judge.classifier(torch.from_numpy(seen).to(judge.device)) / judge.temperature
    return logits.softmax(1).cpu().numpy()


@torch.no_grad()
def fit_temperature(judge: Judge, dataset: Dataset) -> float:
    """Return the number by which to divide the logits so that the test images' cross-entropy is least.

    A classifier is surer of itself than it is right, and one number mends that without changing what it reads (Guo et
    al. 2017, section 4.2). It is fitted to the half of the test images that `calibration_halves` gives first.
    """
    from scipy.optimize import minimize_scalar

    rows, _ = calibration_halves(dataset)
    seen = torch.from_numpy(features(judge, dataset.test_images[rows])).to(judge.device)
    logits, labels = judge.classifier(seen).cpu().double(), dataset.test_labels[rows]
    found = minimize_scalar(
        lambda power: float(F.cross_entropy(logits / exp(power), labels)), bounds=(log(0.05), log(20)), method="bounded"
    )
    return float(exp(found.x))


def calibration_halves(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of two random halves of the test images: one to calibrate on, and one to check that with."""
    rows = np.random.default_rng(0).permutation(len(dataset.test_images))
    half = len(rows) // 2
    return np.sort(rows[:half]), np.sort(rows[half:])


def judge_path(dataset: str) -> Path:
    """Return the path of a data set's judge: in `checkpoints/` of the project, whatever VAE_CHECKPOINTS names."""
    return ROOT / "checkpoints" / f"judge-{dataset}.safetensors"


def save_judge(report: JudgeEpoch, dataset: Dataset, path: Path) -> None:
    """Write a judge's weights atomically, with its shape, temperature, accuracy and training data as metadata.

    Raises:
        JudgeError: when it cannot be written, as on a full disk; what was there stays.
    """
    judge = report.judge
    about = {
        "epochs": report.epoch,
        "accuracy": report.accuracy,
        "temperature": judge.temperature,
        "images": len(dataset.test_labels),
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


def load_judge(path: Path) -> tuple[Judge, dict[str, Any]]:
    """Load a judge in evaluation mode and what was saved about it: `accuracy` on test images, `epochs` and more.

    A judge that was saved without a temperature has 1.

    Raises:
        JudgeError: when there is no file at that path or it is damaged.
    """
    if not path.exists():
        raise JudgeError(f"There is no classifier at {path.name} that could read what the models decode.")
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
    """Load a data set's judge as `load_judge` does; return None if there is none trained on exactly these images."""
    try:
        judge, about = load_judge(judge_path(dataset.name))
    except JudgeError:
        return None
    return (judge, about) if about["data_fingerprint"] == dataset.fingerprint else None
