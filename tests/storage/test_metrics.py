"""Measurements belong to weights: they follow a run that is renamed, and no other weights get them."""

import threading
from pathlib import Path

import numpy as np
import pytest

from vae.data.dataset import Dataset
from vae.storage.bin import discard, rename
from vae.storage.checkpoints import load
from vae.storage.metrics import add_metrics
from vae.storage.names import CheckpointError
from vae.storage.recording import record
from vae.storage.replicates import Replicates, read_replicates
from vae.training.config import TrainConfig
from vae.training.loop import train


def test_a_run_that_is_renamed_while_it_is_measured_gets_its_numbers(saved: Path) -> None:
    measured = load("small").stored
    rename("small", "other")
    assert add_metrics(measured, {"elbo": -1.0}) == "other"
    assert load("other").metric("elbo") == -1.0
    assert not saved.exists()


def test_another_run_that_has_got_the_name_does_not_get_the_numbers(saved: Path, small: Dataset) -> None:
    measured, config = load("small").stored, TrainConfig(epochs=1, hidden=(8,))
    list(record(train(config, small), "other", config, small))
    gone = discard("small")
    rename("other", "small")
    with pytest.raises(CheckpointError, match="'small' was deleted or trained anew while it was measured"):
        add_metrics(measured, {"elbo": -1.0})
    assert load("small").metrics == {}
    assert gone.path.exists()


def test_a_run_that_was_trained_anew_does_not_get_the_numbers(saved: Path, small: Dataset) -> None:
    measured, config = load("small").stored, TrainConfig(epochs=1, hidden=(8,))
    list(record(train(config, small), "small", config, small, overwrite=True))
    with pytest.raises(CheckpointError, match="trained anew"):
        add_metrics(measured, {"elbo": -1.0})
    assert load("small").metrics == {}


def test_two_measurements_of_the_same_weights_add_up(saved: Path) -> None:
    measured = load("small").stored
    add_metrics(measured, {"elbo": -1.0})
    add_metrics(measured, {"quality": {"seed": 0}}, Replicates({"likelihood/elbo": np.ones(3, np.float32)}, {}))
    add_metrics(measured, {"mse": 0.5})
    found = load("small").metrics
    assert (found["elbo"], found["mse"], found["quality"]) == (-1.0, 0.5, {"seed": 0})
    assert read_replicates(saved, found["quality"]) is not None


def test_a_reader_finds_numbers_and_replicates_of_one_measurement(saved: Path) -> None:
    measured, ended = load("small").stored, threading.Event()

    def write() -> None:
        for seed in range(60):
            replicates = Replicates({"likelihood/elbo": np.full(3, seed, np.float32)}, {})
            add_metrics(measured, {"quality": {"seed": seed}}, replicates)
        ended.set()

    thread = threading.Thread(target=write)
    thread.start()
    read = 0
    while not ended.is_set():
        found = load("small").metrics.get("quality")  # raises if there is a moment without a run of this name
        read += found is not None
    thread.join()
    assert read
    found = read_replicates(saved, load("small").metrics["quality"])
    assert found is not None
    assert found.arrays["likelihood/elbo"].tolist() == [59, 59, 59]
