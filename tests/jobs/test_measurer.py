"""Measuring beside the app: what is kept, what a cancelled or failed measurement leaves, and in what order they go."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vae.data.dataset import Dataset
from vae.folders import ROOT
from vae.jobs import measurer
from vae.jobs.measurer import Measurement, Measurer, measure_and_keep
from vae.storage.bin import rename
from vae.storage.checkpoints import load


def wait(found: Measurement, state: str, seconds: float = 120) -> None:
    for _ in range(int(seconds * 20)):
        if found.state == state:
            return
        time.sleep(0.05)
    raise AssertionError(f"{found} did not come to be {state}")


def test_what_was_measured_stands_beside_what_was_there(
    saved: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurer, "load_dataset", lambda name: small)
    told: list[float] = []
    measure_and_keep("small", lambda done, what: told.append(done))
    metrics = load("small").metrics
    assert metrics["elbo"] < 0
    assert metrics["quality"]["likelihood"]["bound_50"]["value"] < 0
    assert metrics["quality"]["samples"] is None  # the shipped judge is of another data set
    assert told[-1] == pytest.approx(1)


def test_a_measurement_that_is_cancelled_writes_nothing_and_the_next_one_goes(saved: Path) -> None:
    before = sorted(saved.iterdir()), (saved / "config.json").read_text()
    (saved.parent / "broken").mkdir()
    found = Measurer()
    found.request(["small", "broken"])
    found.request(["small"])  # that it is asked for twice changes nothing
    small, broken = found.find(["small", "broken", "unknown"])
    wait(small, "running")
    found.cancel(["small"])
    assert small.ended
    wait(broken, "failed")
    assert broken.error == "config.json is missing."
    assert small.state == "cancelled"
    assert (sorted(saved.iterdir()), (saved / "config.json").read_text()) == before


def test_a_process_that_is_killed_is_told_and_costs_its_measurement_alone(saved: Path) -> None:
    found = Measurer()
    found.request(["small"])
    (small,) = found.find(["small"])
    wait(small, "running")
    assert found.pid is not None
    os.kill(found.pid, signal.SIGKILL)
    wait(small, "failed")
    assert small.error == "Its process ended unexpectedly (signal 9; the system may have run out of memory)."
    assert "quality" not in load("small").metrics


@pytest.mark.slow
def test_a_checkpoint_is_measured_in_a_process_of_its_own(saved: Path, folder: Path) -> None:
    shutil.copytree(ROOT / "checkpoints" / "vae-2d", folder / "vae-2d")
    metrics = json.loads((folder / "vae-2d" / "metrics.json").read_text())
    metrics.pop("quality", None)
    (folder / "vae-2d" / "metrics.json").write_text(json.dumps(metrics))
    found = Measurer()
    found.request(["vae-2d"])
    (task,) = found.find(["vae-2d"])
    wait(task, "done", 600)
    again, kept = (
        json.loads((path / "vae-2d" / "metrics.json").read_text()) for path in (folder, ROOT / "checkpoints")
    )
    for sampler in ("prior", "mixture"):
        for name, measured in kept["quality"]["samples"][sampler].items():
            assert again["quality"]["samples"][sampler][name]["value"] == pytest.approx(measured["value"], rel=0.02)


def errors_of(found: Measurer, *names: str) -> list[str]:
    """Request measurements that all fail, and return the reasons."""
    found.request(names)
    tasks = found.find(names)
    for task in tasks:
        wait(task, "failed")
    return [task.error for task in tasks]


@pytest.mark.parametrize("said", ["not json", "[1]", '{"progress": 0.5', '"word"'])
def test_a_process_that_says_nonsense_fails_its_measurement_and_the_next_one_goes(
    said: str, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def talking(*_: object) -> subprocess.Popen[bytes]:
        code = f"print({said!r}, end={'' if said.startswith('{') else chr(10)!r}); raise SystemExit(3)"
        return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(measurer, "start", talking)
    assert errors_of(Measurer(), "small", "other") == ["Its process ended unexpectedly (exit status 3)."] * 2


def test_a_process_that_cannot_be_started_fails_its_measurement_and_the_next_one_goes(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("There is no memory for a process.")

    monkeypatch.setattr(measurer, "start", fail)
    assert errors_of(Measurer(), "small", "other") == ["There is no memory for a process."] * 2


def test_a_run_that_is_renamed_while_it_is_measured_gets_its_numbers(
    saved: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurer, "load_dataset", lambda name: small)
    renamed: list[str] = []

    def rename_once(*_: object) -> None:
        if not renamed:
            rename("small", "other")
            renamed.append("other")

    measure_and_keep("small", rename_once)
    assert load("other").metrics["quality"]["likelihood"]
    assert not saved.exists()
