"""Split-conformal p-values: how rare a score is among held-out images, and from which score on an image is unusual.

For an image from the same source as the held-out ones, P(p ≤ α) ≤ α, whatever the model is (Vovk, Gammerman & Shafer
2005). That holds on average over held-out images; for those that there are, the rate is Beta distributed (Bates et al.
2023).
"""

import math
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
_ROUNDING = 1e-9  # that 0.29 · 100 is 29


@dataclass(frozen=True)
class Alarm:
    """The score above which an image is called unusual."""

    rate: float  # of false alarms, that was chosen
    held_out: int  # images
    threshold: float
    low: (
        float  # between this and `high` lies the rate of false alarms with these held-out images, with 95 % probability
    )
    high: float


def least_held_out(rate: float) -> int:
    """Return the number of held-out images that a rate of false alarms needs at least: ⌈1/rate⌉ − 1.

    With fewer, no p-value is as small as the rate.
    """
    return math.ceil(1 / rate - _ROUNDING) - 1


def p_values(held_out: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Compute the p-value of every score (M,) from the scores of held-out images (N,), where high is unusual.

    p = (1 + number of held-out scores that are at least as high) / (N + 1), float64 (M,).
    """
    lower = np.searchsorted(np.sort(held_out), scores, side="left")
    return (1 + len(held_out) - lower) / (len(held_out) + 1)


def alarm_at(held_out: np.ndarray, rate: float) -> Alarm:
    """Return the threshold above which p ≤ rate: the k-th highest of the held-out scores (N,), k = ⌊rate · (N + 1)⌋.

    With it the rate of false alarms is distributed as Beta(k, N + 1 − k).

    Raises:
        ValueError: when there are too few held-out images for the rate, or the rate is not above 0 and below 1.
    """
    from scipy.special import betaincinv

    if not 0 < rate < 1:
        raise ValueError(f"A rate of false alarms must be above 0 and below 1, not {rate:g}.")
    count = len(held_out)
    if count < (least := least_held_out(rate)):
        raise ValueError(
            f"A false-alarm rate of {rate:g} needs {least:,} held-out images, and there are {count:,}; choose "
            f"{math.ceil(1e4 / (count + 1)) / 1e4:g} or more."
        )
    k = math.floor(rate * (count + 1) + _ROUNDING)
    threshold = float(np.sort(held_out)[count - k])
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(betaincinv(k, count + 1 - k, share)) for share in (tail, 1 - tail))
    return Alarm(rate, count, threshold, low, high)
