"""Models measured on the same images or the same z: their differences, with intervals over the pairs."""

from typing import NamedTuple

import numpy as np

DRAWS = 1_000  # bootstrap resamples
VALUES = 20_000  # resampled at a time


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
    # Few pairs are resampled several times at once, many once at a time, so that the numbers stay in the cache.
    at_once = max(1, VALUES // len(apart))
    sizes = [min(at_once, DRAWS - done) for done in range(0, DRAWS, at_once)]
    means = np.concatenate([apart[random.integers(len(apart), size=(n, len(apart)))].mean(1) for n in sizes])
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(apart.mean()), float(low), float(high), len(apart))


def differences_from(
    best: int, values: np.ndarray, replicates: np.ndarray, images: int = 0, seed: int = 0
) -> list[Difference]:
    """Compute every run's number minus that of the best run, with intervals for all of these comparisons at once.

    The b-th replicates of all runs are of the same resampled rows. Their differences, shifted so that their mean is the
    difference itself, are therefore replicates of the paired difference (Efron & Tibshirani 1993, section 8.3). With
    several seeds of training every replicate also draws the seeds anew, as the outer level. What the S seeds deviate
    from their mean is multiplied by √(S / (S − 1)) before, because a resample of them varies by (S − 1) / S too little.

    The interval of difference j is that difference ± c·s_j, where s_j is the standard deviation of its replicates, and
    c the 95th percentile over replicates of max_j |deviation_j| / s_j. For a run fixed beforehand, all of them hold at
    once with 95 %. For the best run, which the same data have chosen, it follows that with 95 % the truly best run is
    that one or one of those whose interval holds 0 (Hsu 1984, 'Constrained simultaneous confidence intervals for
    multiple comparisons with the best', Annals of Statistics 12).

    Args:
        best: the number of the run that the others are compared with.
        values: (seeds, runs).
        replicates: (seeds, runs, draws).
        images: number of images measured, which the differences tell.
        seed: of the draws of seeds.
    """
    apart = values - values[:, [best]]  # (seeds, runs)
    moved = replicates.astype(np.float64) - replicates[:, [best]]  # (seeds, runs, draws)
    moved -= moved.mean(2, keepdims=True)
    seeds, _, draws = moved.shape
    if seeds > 1:
        moved += (np.sqrt(seeds / (seeds - 1)) * (apart - apart.mean(0)))[:, :, None]
    chosen = np.random.default_rng(seed).integers(seeds, size=(seeds, draws))
    deviations = moved[chosen, :, np.arange(draws)].mean(0)  # (draws, runs)
    spread = deviations.std(0)
    ratios = np.abs(deviations[:, spread > 0]) / spread[spread > 0]
    critical = np.percentile(ratios.max(1), 95) if ratios.size else 0.0
    return [
        Difference(float(value), float(value - critical * s), float(value + critical * s), images)
        for value, s in zip(apart.mean(0), spread, strict=True)
    ]
