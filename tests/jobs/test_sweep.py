"""Sweeps: planned, resumed, interrupted, and the same on every engine."""

import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers.members import MEMBERS, SMALL
from tests.helpers.runs import found_in
from vae.data.dataset import Dataset
from vae.jobs.engine_processes import processes
from vae.jobs.engines import Event, train_member
from vae.jobs.plan import plan
from vae.jobs.processes import start
from vae.jobs.sweep import choose_engine, finished, sweep
from vae.storage import recording
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.film import Frames
from vae.storage.models import load_model
from vae.training.config import TrainConfig
from vae.training.reports import TrainingDivergedError


def states(events: list[Event]) -> dict[str, str]:
    return {event.member.name: event.state for event in events if event.ended}


def assert_agree(one: str, other: str) -> None:
    """Two checkpoints are of one run, up to the rounding of matrix products."""
    first, second = load(one), load(other)
    weights, others = load_model(first).state_dict(), load_model(second).state_dict()
    for name in weights:
        torch.testing.assert_close(weights[name], others[name], rtol=1e-3, atol=1e-4)
    assert first.history.drop(columns=["seconds", "elapsed", "images_per_second"]).to_numpy() == pytest.approx(
        second.history.drop(columns=["seconds", "elapsed", "images_per_second"]).to_numpy(), rel=1e-4
    )
    assert first.metrics["elbo"] == pytest.approx(second.metrics["elbo"], rel=1e-4)


def test_stacked_and_one_by_one_leave_the_same_checkpoints_and_a_finished_sweep_is_not_trained_again(
    small: Dataset, folder: Path
) -> None:
    others = [replace(m, name=f"stacked-{m.name}") for m in MEMBERS]
    events = list(sweep(MEMBERS, "one-by-one", dataset=small))
    assert states(events) == {m.name: "done" for m in MEMBERS}
    assert states(list(sweep(others, "stacked", dataset=small))) == {m.name: "done" for m in others}
    for member, other in zip(MEMBERS, others, strict=True):
        assert_agree(member.name, other.name)
        assert load(other.name).epochs_done == 2
    assert list_checkpoints()[1] == []
    again = list(sweep(MEMBERS, "stacked"))  # with nothing to train, no data set is loaded
    assert [event.state for event in again] == ["skipped"] * 4
    assert again[0].metrics == load(MEMBERS[0].name).metrics


def test_what_is_damaged_unmeasured_or_of_other_settings_is_trained_again(small: Dataset, folder: Path) -> None:
    list(sweep(MEMBERS, "stacked", dataset=small))
    (folder / MEMBERS[0].name / "config.json").write_text("{")
    (folder / MEMBERS[1].name / "metrics.json").unlink()
    changed = [*MEMBERS[:2], replace(MEMBERS[2], config=replace(MEMBERS[2].config, epochs=1)), MEMBERS[3]]
    events = states(list(sweep(changed, "stacked", dataset=small)))
    assert list(events.values()).count("done") == 3
    assert events[MEMBERS[3].name] == "skipped"
    assert all(finished(member) for member in changed)


@pytest.mark.parametrize("engine", ["one-by-one", "stacked"])
def test_a_member_that_diverges_is_reported_and_spoils_no_other(
    engine: str, small: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild = [replace(m, config=replace(m.config, beta=1000.0 if i == 1 else 1.0)) for i, m in enumerate(MEMBERS)]
    check = "vae.training.loop.check_loss"

    def diverges(loss: float, first_loss: float, epoch: int, config: TrainConfig) -> None:
        if config.beta == 1000.0:
            raise TrainingDivergedError("Training diverged in epoch 1.")

    monkeypatch.setattr(check, diverges)
    events = list(sweep(wild, engine, dataset=small))
    assert states(events) == {m.name: "failed" if i == 1 else "done" for i, m in enumerate(wild)}
    assert [event.error for event in events if event.error] == ["Training diverged in epoch 1."]
    assert not (folder / wild[1].name).exists()


def test_a_checkpoint_that_cannot_be_written_fails_its_member_alone(
    small: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = recording.write_filmstrip

    def fail(folder: Path, frames: Frames) -> None:
        if folder.name == MEMBERS[2].name:
            raise OSError(28, "No space left on device")
        write(folder, frames)

    monkeypatch.setattr(recording, "write_filmstrip", fail)
    events = list(sweep(MEMBERS, "stacked", dataset=small))
    assert [(e.member.name, e.error) for e in events if e.state == "failed"] == [
        (MEMBERS[2].name, f"{folder / MEMBERS[2].name} could not be written: No space left on device.")
    ]
    assert len(list_checkpoints()[0]) == 3


@pytest.mark.parametrize("engine", ["one-by-one", "stacked"])
def test_an_interrupted_sweep_leaves_what_is_finished_and_goes_on_there(
    engine: str, small: Dataset, folder: Path
) -> None:
    bigger = [replace(m, config=replace(m.config, latent_dim=3)) for m in MEMBERS]
    members = [MEMBERS[0], MEMBERS[1], *bigger[2:]]
    events = sweep(members, engine, dataset=small)
    for event in events:
        if event.member.name == members[2].name:
            break
    events.close()
    assert found_in(folder) == sorted(m.name for m in members[:2])
    rest = states(list(sweep(members, engine, dataset=small)))
    assert list(rest.values()) == ["skipped", "skipped", "done", "done"]


def test_a_run_that_is_stopped_leaves_nothing(small: Dataset, folder: Path) -> None:
    assert list(train_member(MEMBERS[0], small, on_step=lambda progress: progress > 0.6))[-1].state == "training"
    assert found_in(folder) == []


def test_processes_agree_with_one_by_one_survive_a_crash_and_end_when_closed(
    mnist: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (member,) = plan((0.5,), (2,), 1, "side", steps=30)
    long = replace(member, name="long", config=replace(member.config, steps=1_000_000))
    started: list[subprocess.Popen[bytes]] = []

    def remember(*args: Any, **kwargs: Any) -> subprocess.Popen[bytes]:
        started.append(start(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr("vae.jobs.engine_processes.WORKER", "tests.helpers.crashing_worker")
    monkeypatch.setattr("vae.jobs.engine_processes.start", remember)
    # One process for all: the crash of one member must not cost the others.
    events = processes([replace(member, name="doomed"), member, long], count=1)
    event = next(events)
    assert (event.member.name, event.state) == ("doomed", "failed")
    assert event.error == "Its process ended unexpectedly (signal 9; the system may have run out of memory)."
    assert [next(events).state, next(events).state] == ["training", "done"]
    time.sleep(1)
    events.close()  # type: ignore[attr-defined]
    assert [process.returncode for process in started] == [-9, 0]
    assert found_in(folder) == [member.name]
    other = replace(member, name="alone")
    list(train_member(other, mnist))
    assert_agree(member.name, other.name)


def test_the_engine_that_is_chosen_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for device, available, engine in (("cpu", 2, "processes"), ("cpu", 1, "one-by-one"), ("cuda", 1, "stacked")):
        monkeypatch.setattr("vae.jobs.sweep.choose_device", lambda _, device=device: torch.device(device))
        monkeypatch.setattr("vae.jobs.sweep.cores", lambda available=available: available)
        assert choose_engine(SMALL) == engine
    with pytest.raises(ValueError, match="There is no engine 'spark'"):
        next(sweep(MEMBERS, "spark"))
