"""Train a data set's judge, decide whether it reads well enough to be kept, and calibrate its probabilities."""

from collections.abc import Iterator
from math import exp, log
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vae.data.dataset import Dataset
from vae.data.pixels import to_unit
from vae.models.feature_network import LARGEST, STRIDED, features
from vae.models.judge import (
    CALIBRATING,
    Judge,
    JudgeEpoch,
    JudgeError,
    calibration_halves,
    judge_path,
    read,
    refuse,
    save_judge,
)
from vae.progress import Report, part

BATCH_SIZE = 128
PEAK_RATE = 3e-3
# The most that a training image is turned (radians), stretched (share) and moved (share of half its width).
TURN, STRETCH, SHIFT = 0.2, 0.12, 0.15
MINUTE = 60_000  # images of 28 × 28 pixels that two cores train on in about a minute
FEWEST_EPOCHS, MOST_EPOCHS = 2, 40
LEAST_ACCURACY = 0.8


class Budget(NamedTuple):
    """How long a judge trains: its epochs, and the random training images that it sees in each."""

    epochs: int
    images: int


def judge_budget(dataset: Dataset) -> Budget:
    """Return the budget of about a minute on two cores, whatever the number and the size of the images.

    It is 2 to 40 epochs; of so many images that two epochs would take longer, each epoch sees a random part.
    """
    _, height, width = dataset.image_shape
    shrunk = min(1.0, LARGEST / max(height, width)) ** 2 / (4 if max(height, width) > STRIDED else 1)
    affordable = int(MINUTE * 28 * 28 / (height * width * shrunk))
    images = min(dataset.train_size, affordable // FEWEST_EPOCHS)
    return Budget(int(np.clip(affordable // images, FEWEST_EPOCHS, MOST_EPOCHS)), images)


def train_judge(
    dataset: Dataset, epochs: int | None = None, seed: int = 0, on_progress: Report | None = None
) -> Iterator[JudgeEpoch]:
    """Train a judge on a data set's images, turned, stretched and moved at random; yield a report after every epoch.

    The judge of the last report is calibrated by `fit_temperature`.

    Args:
        epochs: over all training images; None for the budget of `judge_budget`.
        on_progress: called with the fraction done after every batch; an exception that it raises ends the training.
    """
    epochs, seen = judge_budget(dataset) if epochs is None else Budget(epochs, dataset.train_size)
    noise = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = Judge(dataset.image_shape, len(dataset.class_names)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(judge.parameters(), lr=PEAK_RATE)
    batches = -(-seen // BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=epochs * batches)
    tested = random_test_rows(dataset)
    for epoch in range(1, epochs + 1):
        judge.train()
        total, report = 0.0, part(on_progress, (epoch - 1) / epochs, epoch / epochs)
        # Dropout draws from torch's global stream, which belongs to the caller and is left as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed + epoch)
            order = torch.randperm(dataset.train_size, generator=noise)[:seen]
            for number, chosen in enumerate(order.split(BATCH_SIZE), start=1):
                images = _augment(to_unit(dataset.train_images[chosen]), noise)
                loss = F.cross_entropy(judge(images), dataset.train_labels[chosen])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += float(loss.detach()) * len(chosen)
                report(number / batches)
        judge.eval()
        if epoch == epochs:
            judge.temperature = fit_temperature(judge, dataset)
        right = read(judge, dataset.test_images[tested])[0] == dataset.test_labels[tested].numpy()
        yield JudgeEpoch(epoch, total / seen, float(right.mean()), judge)


def make_judge(dataset: Dataset, on_progress: Report | None = None) -> float:
    """Train a labelled data set's judge within `judge_budget`, save it at `judge_path`, and return its test accuracy.

    Args:
        on_progress: called with the fraction done after every batch; an exception that it raises ends the training and
            leaves what was there.

    Raises:
        JudgeError: for images without labels or of one class, when it cannot be written, and when it is refused by
            `keep_judge`.
    """
    check_labels(dataset)
    *_, report = train_judge(dataset, on_progress=on_progress)
    keep_judge(report, dataset)
    return report.accuracy


def check_labels(dataset: Dataset) -> None:
    """Check that there are classes to tell apart.

    Raises:
        JudgeError: for images without labels, or of one class.
    """
    if not dataset.labelled:
        raise JudgeError("A judge needs labels, which these images do not have.")
    if len(dataset.class_names) < 2:
        raise JudgeError("A judge needs two classes to tell apart, and these images are of one.")


def keep_judge(report: JudgeEpoch, dataset: Dataset) -> None:
    """Save a trained judge if it reaches `least_accuracy`; otherwise note that it was refused.

    Raises:
        JudgeError: when it was refused, or cannot be written.
    """
    least = least_accuracy(dataset)
    if report.accuracy < least:
        raise JudgeError(refuse(dataset, report.accuracy, least))
    save_judge(report, dataset, judge_path(dataset.name))


def least_accuracy(dataset: Dataset) -> float:
    """Return the share of test images that a judge must read right to be kept.

    It is 0.8, or more where one class is so common that guessing it gets near: then three times the share of the
    commonest class or, where that is nearer, halfway from that share to 1.
    """
    labels = dataset.test_labels
    guess = float(labels.bincount().max() / len(labels))
    return max(LEAST_ACCURACY, min(3 * guess, (1 + guess) / 2))


def random_test_rows(dataset: Dataset) -> Tensor:
    """Return the rows of the test images that judges are tested on: all, or 10,000 random ones, in order."""
    count = len(dataset.test_images)
    return torch.from_numpy(np.sort(np.random.default_rng(0).permutation(count)[:CALIBRATING]))


def _augment(images: Tensor, noise: torch.Generator) -> Tensor:
    def uniform(limit: float) -> Tensor:
        return (torch.rand(len(images), generator=noise) * 2 - 1) * limit

    angle, wide, high = uniform(TURN), 1 + uniform(STRETCH), 1 + uniform(STRETCH)
    cos, sin = angle.cos(), angle.sin()
    rows = [torch.stack([wide * cos, -sin, uniform(SHIFT)], 1), torch.stack([sin, high * cos, uniform(SHIFT)], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False).contiguous(memory_format=torch.channels_last)


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
