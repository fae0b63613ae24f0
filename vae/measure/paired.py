"""Two models measured on the same images or the same z: the difference, with an interval over the pairs."""

from typing import NamedTuple

import numpy as np

DRAWS = 1_000  # bootstrap resamples


class Difference(NamedTuple):
    """The mean of paired differences, with its 95 % interval."""

    value: float
    low: float
    high: float
    pairs: int

    @property
    def decided(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


def paired_difference(before: np.ndarray, after: np.ndarray, seed: int = 0) -> Difference:
    """Compute the mean of after − before, both (N,), row by row, with the bootstrap's middle 95 % (Efron 1979).

    The rows are resampled as pairs. What both models find easy or hard in an image cancels, so that the interval is
    narrower than those of the two means (Efron & Tibshirani 1993, section 8.3).

    Raises:
        ValueError: for arrays of different lengths, or without rows.
    """
    if len(before) != len(after) or not len(before):
        raise ValueError(f"{len(before)} and {len(after)} values make no pairs.")
    apart = np.asarray(after, np.float64) - np.asarray(before, np.float64)
    random = np.random.default_rng(seed)
    means = [apart[random.integers(len(apart), size=len(apart))].mean() for _ in range(DRAWS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(apart.mean()), float(low), float(high), len(apart))
