"""Clusters of images without labels, which take the place of classes in colours, legends and groups."""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vae.data.pixels import to_unit
from vae.progress import Report, part

SIDE = 16  # pixels to which images are averaged down first: clusters are of shapes and tones, not of details
AXES = 30  # principal components, at most
FITTED = 10_000  # random images that components and clusters are fitted to
SCORED = 2_000  # random images whose silhouette chooses the number of clusters
MOST = 10  # clusters; 2 are the fewest
BLOCK = 4_000_000  # values of images that are looked at at once
SEED = 0


def find_clusters(images: Tensor, on_progress: Report | None = None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Find clusters of images uint8 (N, C, H, W): the number of each image's cluster, int64 (N,), and their names.

    The images are averaged down to at most 16 pixels a side. k-means clusters the 30 first principal components of
    10,000 random ones, with the number from 2 to 10 whose silhouette (Rousseeuw 1987) of 2,000 of these is best, and
    all images go to the nearest centre. Clusters are numbered by falling size. Images may be mapped from a file: few of
    them are in memory at a time. Images that do not differ, or are fewer than three, are one cluster.

    Args:
        on_progress: called with the fraction done, after every number of clusters and every few images; an exception
            that it raises ends the search.
    """
    from sklearn.decomposition import PCA

    chosen = np.sort(np.random.default_rng(SEED).permutation(len(images))[:FITTED])
    sample = np.concatenate(list(_parts(images, chosen, part(on_progress, 0, 0.2))))
    if len(np.unique(sample, axis=0)) < 3:
        return np.zeros(len(images), np.int64), _names(1)
    pca = PCA(min(AXES, *sample.shape), random_state=SEED).fit(sample)
    fitted = _best_fit(pca.transform(sample).astype(np.float32), part(on_progress, 0.2, 0.7))
    found = np.concatenate(
        [
            fitted.predict(pca.transform(small).astype(np.float32))
            for small in _parts(images, np.arange(len(images)), part(on_progress, 0.7, 1))
        ]
    )
    sizes = np.bincount(found, minlength=fitted.n_clusters)
    places = np.empty_like(sizes)
    places[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return places[found].astype(np.int64), _names(int((sizes > 0).sum()))


def _best_fit(points: np.ndarray, report: Report):  # type: ignore[no-untyped-def]  # scikit-learn's KMeans, which loads late
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    scored = points[np.random.default_rng(SEED).permutation(len(points))[:SCORED]]
    best, fits = -np.inf, None
    for count in range(2, min(MOST, len(points) - 1) + 1):
        fit = KMeans(count, n_init=3, random_state=SEED).fit(points)
        labels = fit.predict(scored)
        score = silhouette_score(scored, labels) if 1 < len(np.unique(labels)) < len(scored) else -1.0
        if fits is None or score > best:
            best, fits = score, fit
        report((count - 1) / (MOST - 1))
    assert fits is not None
    return fits


def _parts(images: Tensor, rows: np.ndarray, report: Report) -> Iterator[np.ndarray]:
    """Yield the images of these rows at most 16 pixels a side, a few at a time, as float32 (n, values) in [0, 1]."""
    height, width = (min(side, SIDE) for side in images.shape[2:])
    count = max(1, BLOCK // images[0].numel())
    for start in range(0, len(rows), count):
        pixels = to_unit(images[torch.from_numpy(rows[start : start + count])])
        yield F.adaptive_avg_pool2d(pixels, (height, width)).flatten(1).numpy()
        report(min(1.0, (start + count) / len(rows)))


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"cluster {number}" for number in range(1, count + 1))
