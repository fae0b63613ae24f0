"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

from vae.jobs.job import Job


def wait(done: Callable[[], object], seconds: float = 120) -> None:
    """Wait until something is done; fail if that takes longer than any machine needs."""
    for _ in range(int(seconds * 50)):
        if done():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def ended(job: Job) -> bool:
    """Tell whether a job has ended, for `wait`."""
    return job.ended
