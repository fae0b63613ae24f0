"""Realism: a test of whether an image lies among real ones in what the judge sees, or in random features."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae.data.dataset import Dataset
from vae.models.feature_network import FeatureNetwork, pooled
from vae.models.judge import calibration_halves
from vae.progress import Report, part

REFERENCE = 30_000  # training images that images are compared with: at most this many, and at most half of them
NEIGHBOURS = 16  # with 5, more overlaid digits pass, for the radii are less even
WIDEST = 0.1  # share of the reference left out: isolated training images reach so far that anything lies near them
AXES = 96  # of 512: with 64 more overlaid digits pass, and more make no difference
PASSING = 0.915  # share of the real images above the threshold that it is fitted to; of others about 0.9
SCORED = 256  # images that are scored at a time
ROWS = 64  # images whose distances to the reference are computed at a time
LARGEST = 1e3  # score of a copy of a training image, whose distance is 0


@dataclass(frozen=True, eq=False)
class Realism:
    """The realism score of Kynkäänniemi et al. 2019 (section 3.4) in a network's pooled maps, with its threshold.

    The score of an image is the largest ratio, over training images t, of the distance from t to its 16th nearest
    neighbour to the distance from t to the image. The training images with the widest tenth of the former are left out.
    A judge's maps are divided by their length first: those of specks are short, and short ones lie near all others.
    Random features' are not: of photographs, noise has the longest ones, and their directions. Scores are divided by
    the threshold, so that 1 is the threshold.
    """

    network: FeatureNetwork
    mean: np.ndarray  # float32 (512,) of the reference's maps
    axes: np.ndarray  # float32 (512, at most 96), principal axes of the reference's maps
    balls: np.ndarray  # float32 (axes + 2, M): for the projection p, (p, |p|², 1) · balls is (distance / radius)²
    threshold: float  # the score that a share `PASSING` of half of the test images reaches

    def realistic(self, images: Tensor) -> np.ndarray:
        """Tell which of the images uint8 (N, C, H, W) lie among real ones: bool (N,)."""
        return self.scores(images) >= 1

    def scores(self, images: Tensor) -> np.ndarray:
        """Score images uint8 (N, C, H, W) by their realism, float32 (N,): at 1 and above they are realistic."""
        return self.scores_of(pooled(self.network, images))

    def scores_of(self, seen: np.ndarray) -> np.ndarray:
        """Score images as `scores` does, given their `pooled` maps float32 (N, 512)."""
        return _ratios(_project(_scaled(seen, self.network), self.mean, self.axes), self.balls) / np.float32(
            self.threshold
        )


def fit_realism(network: FeatureNetwork, dataset: Dataset, on_progress: Report | None = None) -> Realism:
    """Fit the test of realism to random training images, and its threshold to half of the test images.

    Args:
        on_progress: called now and then with the fraction done; an exception that it raises ends the computation.

    Raises:
        ValueError: for a data set of fewer than 34 training images.
    """
    report = part(on_progress, 0, 1)
    rows, _ = reference_rows(dataset)
    if len(rows) <= NEIGHBOURS:
        raise ValueError(f"{len(rows)} images have no {NEIGHBOURS} neighbours each.")
    seen = pooled(network, dataset.train_images[rows], part(report, 0, 0.75))
    held_out, _ = calibration_halves(dataset)
    real = pooled(network, dataset.test_images[held_out], part(report, 0.75, 0.85))
    seen = _scaled(seen, network)
    mean, axes = _principal_axes(seen)
    points = torch.from_numpy(_project(seen, mean, axes))
    balls = _balls(points, _square_radii(points, part(report, 0.85, 1)))
    scores = _ratios(_project(_scaled(real, network), mean, axes), balls)
    return Realism(network, mean, axes, balls, float(np.quantile(scores, 1 - PASSING)))


def reference_rows(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the training images that `fit_realism` compares with, and those of the ones held out."""
    rows = np.random.default_rng(1).permutation(dataset.train_size)
    count = min(REFERENCE, dataset.train_size // 2)
    return np.sort(rows[:count]), np.sort(rows[count:])


def _scaled(seen: np.ndarray, network: FeatureNetwork) -> np.ndarray:
    if network.random:
        return seen
    return seen / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-6)


def _principal_axes(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = seen.mean(0)
    _, axes = np.linalg.eigh(np.cov(seen.T))  # ascending by variance
    return mean, np.ascontiguousarray(axes[:, ::-1][:, :AXES], np.float32)


def _project(seen: np.ndarray, mean: np.ndarray, axes: np.ndarray) -> np.ndarray:
    return (seen - mean) @ axes


def _square_radii(points: Tensor, report: Report) -> Tensor:
    found = []
    for start in range(0, len(points), ROWS):
        # The nearest of all is the point itself.
        nearest = torch.cdist(points[start : start + ROWS], points).topk(NEIGHBOURS + 1, largest=False)
        found.append(nearest.values[:, -1].square())
        report(min(1.0, (start + ROWS) / len(points)))
    return torch.cat(found)


def _balls(points: Tensor, squares: Tensor) -> np.ndarray:
    kept = squares <= torch.quantile(squares, 1 - WIDEST)
    points, squares = points[kept], squares[kept].clamp_min(1e-9)
    rows = [-2 * points.T / squares, 1 / squares[None], (points.square().sum(1) / squares)[None]]
    return torch.cat(rows).contiguous().numpy()


def _ratios(points: np.ndarray, balls: np.ndarray) -> np.ndarray:
    """Return the largest ratio of a ball's radius to its centre's distance from each of the points: float32 (N,)."""
    squares = np.square(points).sum(1, keepdims=True)
    wanted = torch.from_numpy(np.hstack([points, squares, np.ones_like(squares)]))
    # One block of memory serves all products: between blocks that are freed, what small results leave free fits no
    # next product, and the process grows by hundreds of megabytes.
    nearest, block = torch.empty(len(wanted)), torch.empty(min(SCORED, len(wanted)), balls.shape[1])
    for rows, found in zip(wanted.split(SCORED), nearest.split(SCORED), strict=True):
        torch.amin(torch.mm(rows, torch.from_numpy(balls), out=block[: len(rows)]), 1, out=found)
    return nearest.clamp_min(LARGEST**-2).rsqrt().numpy()
