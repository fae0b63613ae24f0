"""How a run ended: a cancelled one says what is kept of it."""

import pytest

from vae.jobs.job import Job, Run
from vae.training.config import TrainConfig
from vae.ui.frame.outcome import Ended, collapses, describe, of_series


def job(*epochs: int, began: float = 1.0, state: str = "cancelled") -> Job:
    runs = [Run(TrainConfig(epochs=9), f"run-{number}") for number in range(len(epochs))]
    for run, count in zip(runs, epochs, strict=True):
        run.history = [{"epoch": float(epoch)} for epoch in range(1, count + 1)]
    return Job("id", runs, state=state, began=began, seconds=2.5)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (job(0), "run-0 was cancelled before the first epoch was complete, so that nothing is kept."),
        (job(1), "The training was cancelled. run-0 is kept as it was after epoch 1 of 9."),
        (
            job(3, 2),
            "The training was cancelled. run-0 is kept as it was after epoch 3 of 9 and run-1 is kept as it was after "
            "epoch 2 of 9.",
        ),
        (job(3, 0), "The training was cancelled. run-0 is kept as it was after epoch 3 of 9."),
        (job(0, 0, began=0.0), "run-0 and run-1 were cancelled before the training began."),
        (job(9, state="done"), "run-0 was trained and measured in 2.5 s."),
    ],
)
def test_it_says_what_is_kept(ended: Job, words: str) -> None:
    assert describe(ended) == words


def test_it_says_which_runs_are_no_better_than_the_average_image() -> None:
    ended = job(9, 9, state="done")
    ended.runs[1].collapse = "collapsed: it reconstructs no better than the average image, because β is 100."
    said = f"run-0 and run-1 were trained and measured in 2.5 s. run-1 has {ended.runs[1].collapse}"
    assert describe(ended) == said
    assert collapses(ended) == [f"run-1 has {ended.runs[1].collapse}"]
    assert of_series([ended]) == Ended("collapsed", said, "vae")
    ended.state, ended.error = "failed", "It failed."
    assert describe(ended) == "It failed."


def test_several_seeds_are_told_in_one_sentence_and_those_that_failed_besides() -> None:
    seeds = [job(9, state="done"), job(9, state="done"), job(0, state="queued", began=0.0)]
    seeds[1].runs[0].name = "run-1"
    told = of_series(seeds)
    assert told == Ended("done", "run-0 and run-1 were trained and measured in 5.0 s.", "vae", several=True)
    seeds[2].state, seeds[2].error = "failed", "The device ran out of memory."
    assert of_series(seeds).state == "failed"
    assert of_series(seeds).words.endswith("in 5.0 s. The device ran out of memory.")
