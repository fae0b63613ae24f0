"""Looks at a model while it trains: its numbers, its codes, samples of the same z and the share of realistic ones."""

import time
from collections.abc import Callable
from math import sqrt

import numpy as np
import torch

from vae.generate.samples import prior_samples
from vae.models.autoencoders import Autoencoder
from vae.models.realism import Realism
from vae.training.reports import Look

SAMPLES = 32  # decoded at every look
SHARE_SAMPLES = 200  # of which the share of realistic ones is found
SHARE_SECONDS = 1.0  # between two shares, or longer
SHARE_REST = 35.0  # times what the last share took: on two cores some three seconds, which is also the longest
LONGEST_REST = 3.0
Tell = Callable[[dict[str, float], dict[str, np.ndarray]], None]


class Watch:
    """The eyes of a run: every look becomes a row of numbers, and its arrays `samples` and `latents`.

    Args:
        realism: the test that samples have to pass; None where there is none, or it is not ready yet.
        tell: called with the row and the arrays.
    """

    def __init__(self, realism: Realism | None, tell: Tell) -> None:
        self._realism, self._tell = realism, tell
        self._next = 0.0  # when the next share is due, in seconds since the run began

    def __call__(self, look: Look) -> None:
        """Tell about a look, every few seconds with the share of realistic samples and its 95 % interval."""
        row = look.row()
        due = look.elapsed >= self._next or look.progress >= 1
        if self._realism is not None and due:
            began = time.perf_counter()
            row |= share_row(look.model, self._realism)
            rest = SHARE_REST * (time.perf_counter() - began)
            self._next = look.elapsed + min(LONGEST_REST, max(SHARE_SECONDS, rest))
        self._tell(row, {"samples": prior_samples(look.model, SAMPLES), "latents": look.latents})


def share_row(model: Autoencoder, realism: Realism) -> dict[str, float]:
    """Return the share of realistic samples among 200 of N(0, I), with Wilson's 95 % interval (Wilson 1927)."""
    passed = realism.realistic(torch.from_numpy(prior_samples(model, SHARE_SAMPLES)))
    low, high = wilson(int(passed.sum()), len(passed))
    return {"realistic": float(passed.mean()), "realistic_low": low, "realistic_high": high}


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Compute Wilson's score interval of a share, which holds also where nothing or everything succeeds."""
    share, weight = successes / trials, z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / trials + weight / 4 / trials) / (1 + weight)
    return centre - half, centre + half
