"""How a run ended: a cancelled one says what is kept of it."""

import pytest

from vae.jobs.job import Job, Run
from vae.training.config import TrainConfig
from vae.ui.frame.outcome import collapses, describe


def job(*epochs: int, began: float = 1.0, state: str = "cancelled") -> Job:
    runs = [Run(TrainConfig(epochs=9), f"run-{number}") for number in range(len(epochs))]
    for run, count in zip(runs, epochs, strict=True):
        run.history = [{"epoch": float(epoch)} for epoch in range(1, count + 1)]
    return Job("id", runs, state=state, began=began, seconds=2.5)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (job(0), "Cancelled before the first full epoch, so that nothing is kept."),
        (job(1), "Cancelled. run-0 is kept as it was after its first epoch."),
        (job(3, 2), "Cancelled. run-0 is kept as it was after epoch 3; run-1 is kept as it was after epoch 2."),
        (job(3, 0), "Cancelled. run-0 is kept as it was after epoch 3."),
        (job(0, 0, began=0.0), "run-0 and run-1: cancelled before it began."),
        (job(9, state="done"), "run-0: trained and measured in 2.5 s."),
    ],
)
def test_it_says_what_is_kept(ended: Job, words: str) -> None:
    assert describe(ended) == words


def test_it_says_which_runs_are_no_better_than_the_mean_image() -> None:
    ended = job(9, 9, state="done")
    ended.runs[1].collapse = "collapsed: no better than the mean image (206 nats), because β is 100; set β to 8."
    assert describe(ended) == f"run-0 and run-1: trained and measured in 2.5 s. run-1 has {ended.runs[1].collapse}"
    assert collapses(ended) == [f"run-1 has {ended.runs[1].collapse}"]
    ended.state, ended.error = "failed", "It failed."
    assert describe(ended) == "It failed."
