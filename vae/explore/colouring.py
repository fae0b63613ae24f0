"""Colouring of codes by what is known of their images: categories, or numbers on a scale."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

MOST_CATEGORIES = 30  # that colours and marks tell apart
OTHERS, UNKNOWN = "others", "unknown"
NEIGHBOURS = 10
OUTERMOST = 1.0  # percent on either side of the scale that have the colours of its ends


@dataclass(frozen=True, eq=False)
class Categories:
    """A category for each image."""

    labels: np.ndarray  # int64 (N,)
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Scale:
    """A number for each image, of each of several models."""

    values: tuple[np.ndarray | None, ...]  # float64 (N,), NaN where unknown; None for a model that has no such number
    low: float
    high: float


def categories(texts: np.ndarray) -> Categories:
    """Find the categories of texts (N,): the 29 most frequent in natural order, and others; empty ones are unknown."""
    found = [str(text).strip() or UNKNOWN for text in texts]
    counts = Counter(found)
    kept = [name for name, _ in counts.most_common(MOST_CATEGORIES)]
    if len(counts) > MOST_CATEGORIES:
        kept = kept[: MOST_CATEGORIES - 1]
    names = [*sorted(kept, key=_natural), *([OTHERS] if len(counts) > len(kept) else [])]
    places = {name: place for place, name in enumerate(names)}
    return Categories(np.array([places.get(name, len(names) - 1) for name in found], np.int64), tuple(names))


def scale(*values: np.ndarray | None) -> Scale:
    """Put the numbers of several models (N,) on one scale, whose ends leave out the outermost percent each."""
    known = [one[np.isfinite(one)] for one in values if one is not None]
    together = np.concatenate(known) if known else np.zeros(0)
    if not len(together):
        return Scale(values, 0.0, 1.0)
    low, high = np.percentile(together, [OUTERMOST, 100 - OUTERMOST])
    if not low < high:
        low, high = low - 0.5, low + 0.5
    return Scale(values, float(low), float(high))


def density(points: np.ndarray) -> np.ndarray:
    """Measure how dense a map is around each of its points (N, 2): log₁₀ of the ratio to the median, (N,).

    The density is that of the tenth-nearest neighbour's circle.
    """
    from scipy.spatial import cKDTree

    count = min(NEIGHBOURS, len(points) - 1)
    reach = np.asarray(cKDTree(points).query(points, k=[count + 1])[0])[:, 0]
    area = np.maximum(reach, max(float(reach.max()), 1e-12) * 1e-6) ** 2
    return np.log10(np.median(area) / area)


def _natural(name: str) -> tuple[bool, float, str]:
    try:
        return name == UNKNOWN, float(name), name
    except ValueError:
        return name == UNKNOWN, float("inf"), name.lower()
