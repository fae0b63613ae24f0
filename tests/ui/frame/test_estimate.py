"""The estimate beside Retrain: the budget in the other unit, and the time left of a run that trains."""

import time

import pytest

from vae.data.dataset import Dataset
from vae.jobs.job import Job, Run
from vae.training.config import TrainConfig
from vae.ui.frame.estimate import describe
from vae.ui.shared import server


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (TrainConfig(seconds=10.0), "This is about 2.0 epochs on the CPU."),
        (TrainConfig(seconds=2.5), "This is about 50% of an epoch on the CPU."),
        (TrainConfig(epochs=5), "This takes about 25 s on the CPU."),
        (TrainConfig(steps=600, batch_size=200), "This takes about 10 s on the CPU."),
    ],
)
def test_the_budget_in_the_other_unit(
    config: TrainConfig, words: str, mnist: Dataset, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "dataset", lambda _: mnist)
    monkeypatch.setattr(server.trainer(), "device", "cpu")
    assert describe([config], 12_000.0) == words
    assert describe([config], 12_000.0, seeds=3) == words[:-1] + "; each of the 3 seeds takes as long."


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (TrainConfig(seconds=10.0), "The app is measuring how many epochs this is."),
        (TrainConfig(epochs=5), "The app is measuring how long this takes."),
    ],
)
def test_before_the_speed_is_known_it_says_what_is_being_found_out(config: TrainConfig, words: str) -> None:
    assert describe([config], None) == words


def test_the_time_left_of_a_pair_counts_a_run_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    config = TrainConfig(epochs=1)
    first, second = Run(config, "a"), Run(config, "b")
    job = Job("id", [first, second], state="running")
    assert job.seconds_left() is None
    monkeypatch.setattr(time, "monotonic", lambda: 110.0)
    first.phase, first.began, first.progress = "training", 100.0, 0.25  # 10 s for a quarter
    assert job.seconds_left() == pytest.approx(30 + 40)
    second.phase, second.began, second.progress = "training", 100.0, 0.2
    assert job.seconds_left() == pytest.approx(40)  # side by side: the slower of them
