"""The command `sweep`: its table, what it refuses, and how it stops."""

import json
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.app import SHIPPED
from tests.helpers.command_line import run
from vae.data.dataset import Dataset
from vae.jobs.engines import Event
from vae.jobs.plan import Member
from vae.storage.checkpoints import load


def test_it_prints_a_table_and_goes_on_where_it_was(
    small: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vae.jobs.sweep.load_dataset", lambda _: small)
    words = [
        "sweep",
        "--betas",
        "0.5,2",
        "--latent-dims",
        "2,4",
        "--epochs",
        "1",
        "--engine",
        "stacked",
        "--name",
        "mine",
    ]
    status, out, err = run(capsys, *words)
    assert status == 0
    assert len(out.splitlines()) == 5
    assert "mine-vae-4d-beta2-seed0" in out
    assert "4 of 4  mine-vae-4d-beta2-seed0 done" in err
    status, out, _ = run(capsys, *words, "--json")
    assert status == 0
    result = json.loads(out)
    assert [row["state"] for row in result["members"]] == ["skipped"] * 4
    assert result["members"][0]["metrics"]["elbo"] == load("mine-vae-2d-beta0.5-seed0").metrics["elbo"]


def with_events(*events: tuple[str, dict[str, Any] | None, str], stopped: bool = False) -> Any:
    """Return a sweep whose members end in these states, with these measurements and errors."""

    def sweep(members: Sequence[Member], *_: Any, **__: Any) -> Generator[Event, None, None]:
        for member, (state, metrics, error) in zip(members, events, strict=False):
            yield Event(member, state, 1.0, metrics, error)
        if stopped:
            raise KeyboardInterrupt

    return sweep


def test_its_table_shows_failures_and_measurements_that_are_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "vae.cli.commands.sweep.sweep",
        with_events(("failed", None, "The disk is full."), ("skipped", {"elbo": -133.5, "test_kl": None}, "")),
    )
    status, out, _ = run(capsys, "sweep", "--betas", "1,2", "--epochs", "1")
    assert status == 1
    assert out.splitlines()[1].endswith("failed: The disk is full.")
    assert out.splitlines()[2].split() == ["2", "2", "0", "-", "-", "133.50", "-", "-", "sweep-vae-2d-beta2-seed0"]


def test_stopped_it_says_how_many_runs_are_kept_and_how_to_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = with_events(("done", {"elbo": -1.0}, ""), ("failed", None, "Too wild."), stopped=True)
    monkeypatch.setattr("vae.cli.commands.sweep.sweep", done)
    status, out, err = run(capsys, "sweep", "--betas", "1,2,4", "--epochs", "1")
    assert (status, out) == (130, "")
    assert err.splitlines()[-1] == (
        "python -m vae sweep: Stopped; 1 of 3 runs are finished and kept, and the same command goes on from there."
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--betas 1,two", "'1,two' is not like 0.1,0.5,1"),
        ("--latent-dims 2.5", "'2.5' is not like 2,10,20"),
        ("--seeds 0", "at least one β, one latent size and one seed"),
        ("--seeds 100000000", "at most 1,000 runs, not 500,000,000"),
        ("--betas nan", "β must be 0 to 1000, not nan"),
        ("--betas 1,1.0000001", "some β are too close to each other"),
        ("--name=", "is no name for a run"),
        ("--name ../x", "'../x-vae-2d-beta0.1-seed0' is no name for a run"),
        ("--ray-address auto", "--ray-address goes with --engine ray"),
        ("--ray-address=", "--ray-address goes with --engine ray"),
        ("--epochs 1 --steps 2", "exactly one budget"),
    ],
)
def test_bad_arguments_are_one_line(words: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "sweep", *words.split())
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_a_member_that_would_replace_a_run_of_the_project_fails_unless_the_switch_is_given(
    small: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vae.jobs.sweep.load_dataset", lambda _: small)
    name = "ladder-vae-2d-beta1-seed0"
    shutil.copytree(SHIPPED / name, folder / name)
    before = load(name).stored
    words = ("sweep", "--name", "ladder", "--betas", "1,3", "--epochs", "1", "--hidden", "16", "--engine", "stacked")
    status, out, _ = run(capsys, *words, "--json")
    assert status == 1
    locked, trained = json.loads(out)["members"]
    assert (locked["state"], trained["state"]) == ("failed", "done")
    assert "comes with the project and is locked" in locked["error"]
    assert load(name).stored == before
    status, out, _ = run(capsys, *words, "--json", "--replace-shipped")
    assert [row["state"] for row in json.loads(out)["members"]] == ["done", "skipped"]
