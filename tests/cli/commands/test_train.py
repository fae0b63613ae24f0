"""The command `train`: the checkpoint that it makes, what it refuses before the first epoch, and how it stops."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.app import SHIPPED
from tests.helpers.command_line import run
from tests.helpers.disks import fill, small_disk
from vae.cli.stops import StoppedError
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.claims import claiming
from vae.training.loop import train
from vae.training.reports import EpochReport

BRIEF = ("train", "--epochs", "3", "--hidden", "16", "--device", "cpu")


@pytest.fixture
def quick(small: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the checkpoints, with small data in the place of MNIST."""
    for command in ("train", "evaluate"):
        monkeypatch.setattr(f"vae.cli.commands.{command}.load_dataset", lambda _: small)
    return folder


def stopped_after(epochs: int) -> Callable[..., Iterator[EpochReport]]:
    """Return a training that SIGTERM stops after some epochs."""

    def stopped(*given: Any, **settings: Any) -> Iterator[EpochReport]:
        reports = train(*given, **settings)
        for _ in range(epochs):
            yield next(reports)
        raise StoppedError(15)

    return stopped


def left_behind(folder: Path) -> list[str]:
    return [str(path) for path in (folder / ".vae").rglob("*") if path.is_file() and "lock" not in path.name]


def test_it_makes_a_checkpoint_that_is_listed_and_can_be_measured(
    quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "train --model vae --latent-dim 2 --beta 4 --steps 150 --name my-vae --device cpu --json"
    status, out, _ = run(capsys, *words.split())
    assert status == 0
    result = json.loads(out)
    assert result["name"] == "my-vae"
    assert result["steps"] == 150
    assert load("my-vae").config.beta == 4.0

    status, out, _ = run(capsys, "evaluate", "my-vae", "--json")
    measured = json.loads(out)
    for key in ("test_reconstruction", "test_kl", "elbo", "mse", "knn_accuracy", "active_units"):
        assert measured[key] == pytest.approx(result["metrics"][key], rel=1e-4)
    assert measured["elbo"] == pytest.approx(-measured["test_reconstruction"] - measured["test_kl"])
    assert measured["images"] == 120

    (quick / "broken").mkdir()
    status, out, _ = run(capsys, "list", "--json")
    listed = json.loads(out)
    assert [row["name"] for row in listed["checkpoints"]] == ["my-vae"]
    assert listed["damaged"] == [{"name": "broken", "reason": "config.json is missing."}]


def test_a_run_by_seconds_gives_a_command_by_steps(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "train --model ae --latent-dim 3 --hidden 16 --seconds 1 --device cpu --json"
    _, out, _ = run(capsys, *words.split())
    result = json.loads(out)
    assert f"--steps {result['steps']} " in result["command"]
    assert "--seconds" not in result["command"]
    assert result["name"] == "ae-3d"


def test_a_run_that_collapses_says_so_on_standard_error_and_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = load_dataset("mnist")
    few = replace(few, images=few.images[58_000:61_000], labels=few.labels[58_000:61_000], train_size=2_000)
    monkeypatch.setattr("vae.cli.commands.train.load_dataset", lambda name: few)
    words = "train --learning-rate 0.3 --activation relu --latent-dim 20 --steps 250 --device cpu --json --name"
    status, out, err = run(capsys, *words.split(), "flat")
    assert status == 0
    said = json.loads(out)["collapse"]
    assert said.startswith("collapsed: it reconstructs no better than the average image (20")
    assert said.endswith("set the learning rate to 0.008 and train again.")
    assert err.splitlines()[-1] == f"flat has {said}"
    status, out, err = run(capsys, *f"{words} sound --learning-rate 0.008".split())
    assert json.loads(out)["collapse"] is None
    assert "average image" not in err


@pytest.mark.parametrize("name", ["../../pwned", "taken", "claimed"])
def test_a_name_is_refused_before_anything_is_written(
    name: str, quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (quick / "taken").mkdir()
    before = set(quick.parent.parent.rglob("*pwned*"))
    with claiming("claimed"):
        status, _, err = run(capsys, *BRIEF, "--name", name, "--tensorboard")
    assert status == 2
    assert len(err.splitlines()) == 1
    assert set(quick.parent.parent.rglob("*pwned*")) == before
    assert not (quick.parent / "tensorboard" / name).exists()


def test_a_folder_that_cannot_be_written_is_refused_before_the_data_are_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").write_text("in the way")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(folder / "file" / "runs"))
    monkeypatch.delattr("vae.cli.commands.train.load_dataset")
    status, out, err = run(capsys, *BRIEF)
    assert (status, out) == (1, "")
    assert err == f"python -m vae train: {folder / 'file' / 'runs'} could not be written: Not a directory.\n"


@pytest.mark.parametrize(
    ("epochs", "words", "kept"),
    [
        (0, "no epoch was complete, so that nothing is kept.", None),
        (2, "what it had learnt after 2 epochs is kept as mine.", 2),
        (3, "mine is trained and kept, though not measured (python -m vae evaluate mine --keep).", 3),
    ],
)
def test_stopped_it_says_what_is_kept(
    epochs: int,
    words: str,
    kept: int | None,
    quick: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("vae.cli.commands.train.train", stopped_after(epochs))
    status, out, err = run(capsys, *BRIEF, "--name", "mine")
    assert (status, out) == (143, "")
    assert err.splitlines()[-1] == f"python -m vae train: Stopped; {words}"
    assert [run.epochs_done for run in list_checkpoints()[0]] == ([] if kept is None else [kept])
    assert left_behind(quick) == []
    with claiming("mine", replacing=True):  # the name is free again
        pass


def test_stopped_it_leaves_the_run_that_it_was_to_replace(
    saved: Path, quick: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(saved, quick / "old")
    before = load("old")
    monkeypatch.setattr("vae.cli.commands.train.train", stopped_after(2))
    status, _, err = run(capsys, *BRIEF, "--name", "old", "--overwrite")
    assert status == 143
    assert err.splitlines()[-1] == (
        "python -m vae train: Stopped; old stays as it was, since the run that was to replace it was not finished."
    )
    assert load("old").stored == before.stored
    assert left_behind(quick) == []


def test_a_full_disk_is_one_line_and_leaves_what_was_there(
    quick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        monkeypatch.setenv("VAE_CHECKPOINTS", str(disk / "runs"))
        assert run(capsys, *BRIEF, "--name", "old")[0] == 0
        before = load("old").stored
        train_again, train_new = (*BRIEF, "--name", "old", "--overwrite"), (*BRIEF, "--name", "new")
        for room, commands in {
            0: (train_again, train_new, ("shrink", "old"), ("evaluate", "old", "--keep")),
            12_000: (train_again, train_new),
        }.items():
            fill(disk, leaving=room)
            for words in commands:
                status, out, err = run(capsys, *words)
                assert (status, out) == (1, "")
                assert "could not be written" in err.splitlines()[-1]
                assert "No space left on device" in err.splitlines()[-1]
                assert load("old").stored == before
                assert [run.name for run in list_checkpoints()[0]] == ["old"]
                assert left_behind(disk / "runs") == []


def test_a_run_that_comes_with_the_project_is_replaced_only_by_the_switch(
    quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHIPPED / "ae-2d", quick / "ae-2d")
    before, words = load("ae-2d").stored, (*BRIEF, "--model", "ae", "--name", "ae-2d")
    for switches, said in (
        (("--overwrite",), "'ae-2d' comes with the project and is locked, so that it is not replaced; "),
        (("--replace-shipped",), "--replace-shipped goes with --overwrite."),
        ((), "There is a run called 'ae-2d' already"),
    ):
        status, out, err = run(capsys, *words, *switches)
        assert (status, out) == (2, "")
        assert said in err
        assert len(err.splitlines()) == 1
    assert load("ae-2d").stored == before
    assert run(capsys, *words, "--overwrite", "--replace-shipped")[0] == 0
    assert load("ae-2d").config.hidden == (16,)
    assert run(capsys, *words, "--overwrite")[0] == 0  # it is its owner's by now
