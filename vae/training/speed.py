"""Measure how fast runs of given settings train on this machine."""

import time

import numpy as np

from vae.data.dataset import Dataset
from vae.training.config import TrainConfig
from vae.training.loop import train


def measure_speed(config: TrainConfig, dataset: Dataset, seconds: float = 0.4) -> float:
    """Estimate the images per second that a run of `config` trains on this machine, from its first steps."""
    times: list[float] = []

    def enough(_: float) -> bool:
        times.append(time.perf_counter())
        return len(times) > 5 and times[-1] - times[0] > seconds

    for _ in train(config, dataset, on_step=enough):
        break
    steps = np.diff(times)[1:] if len(times) > 2 else np.diff(times)
    # The quicker steps count, because something else on the machine held up the slower ones.
    return config.batch_size / float(np.percentile(steps, 25))
