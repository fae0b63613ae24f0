"""Nearest neighbours between two sets: distances to training images, and how far two sets of points overlap."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vae.data.pixels import at_once, to_unit
from vae.progress import Report

MANIFOLD_NEIGHBOURS = 5
ROWS = 1_000  # rows of a distance matrix that are computed at a time
TRAINING_ROWS = 10_000


class ManifoldScores(NamedTuple):
    """Numbers for every image; the mean of each field is the score of that name."""

    precision: np.ndarray  # (M,) for each generated image: 1 if it lies in the ball of a real one, else 0
    recall: np.ndarray  # (N,) for each real image: 1 if it lies in the ball of a generated one, else 0
    density: np.ndarray  # (M,) for each generated image: the number of real images whose balls it lies in, over k
    coverage: np.ndarray  # (N,) for each real image: 1 if its ball holds a generated one, else 0


def manifold_scores(real: np.ndarray, generated: np.ndarray, neighbours: int = MANIFOLD_NEIGHBOURS) -> ManifoldScores:
    """Score how well generated points float32 (M, D) lie among real ones (N, D), and how many of these they reach.

    The ball of a point reaches to its k-th nearest neighbour in its own set. Precision and recall are those of
    Kynkäänniemi et al. 2019 (equations 1 and 2), density and coverage those of Naeem et al. 2020.

    Raises:
        ValueError: for a set of k points or fewer, in which no point has k neighbours.
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
    """Compute the Euclidean distance of images uint8 (M, C, H, W) to their nearest training images, float32 (M,).

    Pixels are in the range [0, 1]; the distance of a copy is exactly 0.
    """
    return nearest_images(images, training, on_progress)[1]


def nearest_images(
    images: Tensor, training: Tensor, on_progress: Report | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Find the training image nearest to each image, int64 (M,), and its distance as in `nearest_distances`, (M,)."""
    pixels = to_unit(images).flatten(1)
    best, distances = torch.full((len(images),), torch.inf), torch.empty(len(images))
    indices = torch.empty(len(images), dtype=torch.int64)
    size = at_once(training, TRAINING_ROWS)
    for start in range(0, len(training), size):
        block = to_unit(training[start : start + size]).flatten(1)
        squares = block.square().sum(1)
        for chosen in torch.arange(len(images)).split(ROWS):
            # |t|² − 2·t·x is least where |t − x|² is, but its rounding errors are too large to take a distance from it.
            found = torch.addmm(squares, pixels[chosen], block.T, alpha=-2).min(1)
            nearer = found.values < best[chosen]
            best[chosen] = torch.where(nearer, found.values, best[chosen])
            apart = (pixels[chosen] - block[found.indices]).norm(dim=1)
            distances[chosen] = torch.where(nearer, apart, distances[chosen])
            indices[chosen] = torch.where(nearer, found.indices + start, indices[chosen])
        if on_progress is not None:
            on_progress(min(1.0, (start + size) / len(training)))
    return indices.numpy(), distances.numpy()
