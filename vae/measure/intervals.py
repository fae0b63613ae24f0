"""A measured number with what it takes to read it: a bootstrap interval, its unit, its meaning and two anchors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

DRAWS = 200  # of the bootstrap; more move the ends of an interval by less than a tenth of its width
GROUPS = 20


class Scale(NamedTuple):
    """What a number means, for whichever model it is measured."""

    unit: str
    meaning: str
    higher_is_better: bool | None  # None: a value has to be neither high nor low


@dataclass(frozen=True)
class Measure:
    """A measured number; `dataclasses.asdict` makes it JSON."""

    value: float
    low: float | None  # of the 95 % bootstrap interval; None where resampling makes no sense
    high: float | None
    images: int  # that were measured
    draws: int  # of the bootstrap
    unit: str
    meaning: str
    higher_is_better: bool | None
    good: float | None = None  # the same number of something as good as can be had
    bad: float | None = None  # the same number of a deliberately bad reference

    def below(self, other: "Measure") -> bool:
        """Whether the whole interval lies below the other's; False where either has none."""
        return self.high is not None and other.low is not None and self.high < other.low


def measured(
    scale: Scale,
    statistic: Callable[..., float],
    *samples: np.ndarray,
    seed: int = 0,
    draws: int = DRAWS,
    value: float | None = None,
    images: int | None = None,
    good: float | None = None,
    bad: float | None = None,
) -> Measure:
    """A statistic of samples (N, …), each of which the bootstrap resamples by its rows, apart from the others.

    The interval spans the middle 95 % of the statistic's resampled values (Efron 1979), moved so that their mean lies
    on the value itself: a resampled set repeats its rows, which alone raises a Fréchet distance as a smaller set would.

    Args:
        value: of the number, where it is known better than by the statistic.
        images: measured, where that is not the number of rows of the last sample.
    """
    value = float(statistic(*samples)) if value is None else value
    random = np.random.default_rng(seed)
    resampled = [
        statistic(*(sample[random.integers(len(sample), size=len(sample))] for sample in samples)) for _ in range(draws)
    ]
    low, high = np.percentile(resampled, [2.5, 97.5]) - np.mean(resampled) + value
    count = len(samples[-1]) if images is None else images
    return Measure(value, float(low), float(high), count, draws, *scale, good, bad)


def in_groups(
    distance: Callable[[np.ndarray, np.ndarray], float], one: np.ndarray, other: np.ndarray, seed: int = 0
) -> np.ndarray:
    """A distance of samples (N, D) and (M, D), found in 20 pairs of equal, disjoint random groups: float64 (20,).

    For the interval of an unbiased estimate, such as a kernel distance's: the groups' mean is unbiased too, and to
    resample groups repeats no row within one, where it would count as a pair of rows at no distance.
    """
    random = np.random.default_rng(seed)
    size = min(len(one), len(other)) // GROUPS
    ones, others = (s[random.permutation(len(s))[: size * GROUPS]].reshape(GROUPS, size, -1) for s in (one, other))
    return np.array([distance(a, b) for a, b in zip(ones, others, strict=True)])


def random_rows(count: int, most: int, seed: int = 0) -> np.ndarray:
    """Numbers of at most `most` of `count` rows, drawn without repetition and in order: int64 (min(count, most),).

    Not the first ones: MNIST's test images are by other writers in the first half than in the second.
    """
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])
