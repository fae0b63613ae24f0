"""Nearest neighbours between two sets: how near training images are, and how two clouds of points cover each other."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vae.data.pixels import to_unit
from vae.progress import Report

MANIFOLD_NEIGHBOURS = 5
ROWS = 1_000  # of a matrix of distances at a time
TRAINING_ROWS = 10_000


class ManifoldScores(NamedTuple):
    """A number for every image; the mean of each is the score of that name."""

    precision: np.ndarray  # (M,) of every generated image: 1 where it lies in the ball of a real one
    recall: np.ndarray  # (N,) of every real image: 1 where it lies in the ball of a generated one
    density: np.ndarray  # (M,) of every generated image: real images whose balls it lies in, over k
    coverage: np.ndarray  # (N,) of every real image: 1 where its ball holds a generated one


def manifold_scores(real: np.ndarray, generated: np.ndarray, neighbours: int = MANIFOLD_NEIGHBOURS) -> ManifoldScores:
    """Points float32 (N, D) and (M, D) → how well the second set lies in the first, and how much of it it reaches.

    Every point has a ball that reaches its k-th nearest neighbour in its own set. Precision and recall are those of
    Kynkäänniemi et al. 2019 (equations 1 and 2), density and coverage those of Naeem et al. 2020.

    Raises:
        ValueError: when a set has no k neighbours of each point.
    """
    real_points, generated_points = (torch.from_numpy(np.ascontiguousarray(x)) for x in (real, generated))
    real_radii, generated_radii = _radii(real_points, neighbours), _radii(generated_points, neighbours)
    holding = torch.zeros(len(generated), dtype=torch.int64)
    recalled, covered = [], []
    for points, radii in zip(real_points.split(ROWS), real_radii.split(ROWS), strict=True):
        distances = torch.cdist(points, generated_points)
        holding += (distances <= radii[:, None]).sum(0)
        recalled.append((distances <= generated_radii).any(1))
        covered.append(distances.amin(1) <= radii)
    return ManifoldScores(
        (holding > 0).double().numpy(),
        torch.cat(recalled).double().numpy(),
        (holding.double() / neighbours).numpy(),
        torch.cat(covered).double().numpy(),
    )


def _radii(points: Tensor, neighbours: int) -> Tensor:
    if len(points) <= neighbours:
        raise ValueError(f"{len(points)} images have no {neighbours} neighbours each.")
    # The nearest of all is the point itself.
    nearest = (torch.cdist(rows, points).topk(neighbours + 1, largest=False) for rows in points.split(ROWS))
    return torch.cat([found.values[:, -1] for found in nearest])


def nearest_distances(images: Tensor, training: Tensor, on_progress: Report | None = None) -> np.ndarray:
    """Images uint8 (M, C, H, W) → Euclidean distance of each to the nearest of the training images, float32 (M,).

    In the pixel range [0, 1]; exactly 0 for a copy.
    """
    return nearest_images(images, training, on_progress)[1]


def nearest_images(
    images: Tensor, training: Tensor, on_progress: Report | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Which training image is nearest to each image, int64 (M,), and how far it is, as `nearest_distances`."""
    pixels = to_unit(images).flatten(1)
    best, distances = torch.full((len(images),), torch.inf), torch.empty(len(images))
    indices = torch.empty(len(images), dtype=torch.int64)
    for start in range(0, len(training), TRAINING_ROWS):
        block = to_unit(training[start : start + TRAINING_ROWS]).flatten(1)
        squares = block.square().sum(1)
        for chosen in torch.arange(len(images)).split(ROWS):
            # |t|² − 2·t·x is least where |t − x|² is. It is rounded too much to be a distance of its own.
            found = torch.addmm(squares, pixels[chosen], block.T, alpha=-2).min(1)
            nearer = found.values < best[chosen]
            best[chosen] = torch.where(nearer, found.values, best[chosen])
            apart = (pixels[chosen] - block[found.indices]).norm(dim=1)
            distances[chosen] = torch.where(nearer, apart, distances[chosen])
            indices[chosen] = torch.where(nearer, found.indices + start, indices[chosen])
        if on_progress is not None:
            on_progress(min(1.0, (start + TRAINING_ROWS) / len(training)))
    return indices.numpy(), distances.numpy()
