"""Measured numbers with what a reader needs: a bootstrap interval, a unit, a meaning and two anchors."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np

DRAWS = 200  # bootstrap resamples; more of them move an interval's ends by less than a tenth of its width
GROUPS = 20


class Scale(NamedTuple):
    """The unit, meaning and direction of a measured number, the same for every model."""

    unit: str
    meaning: str
    higher_is_better: bool | None  # None: neither is better


@dataclass(frozen=True)
class Measure:
    """A measured number with its interval and meaning."""

    value: float
    low: float | None  # lower end of the 95 % bootstrap interval; None where resampling makes no sense
    high: float | None  # upper end of that interval; None where there is none
    images: int  # number of images that were measured
    draws: int  # number of bootstrap resamples; 0 without an interval
    unit: str
    meaning: str
    higher_is_better: bool | None
    good: float | None = None  # this number for a reference that is as good as possible
    bad: float | None = None  # this number for a deliberately bad reference
    # The number of every resample, float32 (draws,). In runs of one data set, seed and sizes the b-th is of the same
    # rows, so that the differences of two runs' replicates are replicates of their paired difference.
    replicates: np.ndarray | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Return all fields but the replicates, which have a file of their own."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "replicates"}

    def negated(self, meaning: str) -> "Measure":
        """Return minus this number under another meaning, with the other direction as the better one."""
        low, high, good, bad = (None if end is None else -end for end in (self.high, self.low, self.good, self.bad))
        better = None if self.higher_is_better is None else not self.higher_is_better
        replicates = None if self.replicates is None else -self.replicates
        return replace(
            self,
            value=-self.value,
            low=low,
            high=high,
            meaning=meaning,
            higher_is_better=better,
            good=good,
            bad=bad,
            replicates=replicates,
        )

    def below(self, other: "Measure") -> bool:
        """Tell whether the whole interval lies below the other's; False if either has none."""
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
    """Compute a statistic of samples (N, …) and its bootstrap interval.

    The rows of each sample are resampled independently of the other samples. The interval spans the middle 95 % of the
    statistic's resampled values (Efron 1979), shifted so that their mean is the value itself. The shift is needed
    because a resampled set repeats rows, and that alone raises a Fréchet distance as a smaller set would.

    Args:
        scale: the number's unit, meaning and direction.
        draws: number of bootstrap resamples.
        value: the number itself, if it is known better than by `statistic(*samples)`.
        images: number of images measured, if that is not the number of rows of the last sample.
        good, bad: the number's anchors.
    """
    value = float(statistic(*samples)) if value is None else value
    random = np.random.default_rng(seed)
    resampled = [
        statistic(*(sample[random.integers(len(sample), size=len(sample))] for sample in samples)) for _ in range(draws)
    ]
    low, high = np.percentile(resampled, [2.5, 97.5]) - np.mean(resampled) + value
    count = len(samples[-1]) if images is None else images
    return Measure(value, float(low), float(high), count, draws, *scale, good, bad, np.array(resampled, np.float32))


def in_groups(
    distance: Callable[[np.ndarray, np.ndarray], float], one: np.ndarray, other: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Compute a distance of samples (N, D) and (M, D) for 20 pairs of equal, disjoint random groups: float64 (20,).

    This serves the interval of an unbiased estimate, such as a kernel distance's. The groups' mean is unbiased too, and
    resampling whole groups never repeats a row within a group, where it would count as two rows at distance 0.
    """
    random = np.random.default_rng(seed)
    size = min(len(one), len(other)) // GROUPS
    ones, others = (s[random.permutation(len(s))[: size * GROUPS]].reshape(GROUPS, size, -1) for s in (one, other))
    return np.array([distance(a, b) for a, b in zip(ones, others, strict=True)])


def random_rows(count: int, most: int, seed: int = 0) -> np.ndarray:
    """Draw the numbers of at most `most` of `count` rows, without repetition and sorted: int64 (min(count, most),).

    The first rows would not do: the first half of MNIST's test images is by other writers than the second.
    """
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])
