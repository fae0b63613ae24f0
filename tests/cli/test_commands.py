"""The command line as a user types it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vae.__main__ import main
from vae.data.datasets import load_dataset
from vae.measure.quality import Measurements
from vae.measure.recorded import recorded_replicates
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.replicates import Replicates


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        status = main(list(words))
    except SystemExit as stop:
        status = int(stop.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_train_makes_a_checkpoint_that_is_listed_and_can_be_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
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
    assert measured["images"] == 10_000

    (folder / "broken").mkdir()
    status, out, _ = run(capsys, "list", "--json")
    listed = json.loads(out)
    assert [row["name"] for row in listed["checkpoints"]] == ["my-vae"]
    assert listed["damaged"] == [{"name": "broken", "reason": "config.json is missing."}]
    status, out, _ = run(capsys, "list")
    assert "my-vae" in out
    assert "damaged: config.json is missing." in out


def test_evaluate_adds_the_bound_and_the_quality_that_are_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = load_dataset("mnist")
    few = replace(few, images=few.images[58_000:61_000], labels=few.labels[58_000:61_000], train_size=2_000)
    monkeypatch.setattr("vae.cli.commands.load_dataset", lambda name: few)
    monkeypatch.setattr("vae.cli.commands.measure", lambda *_, **__: _MEASURED)
    run(capsys, *["train", "--hidden", "16", "--steps", "30", "--name", "brief", "--device", "cpu"])
    run(capsys, *["train", "--model", "ae", "--hidden", "16", "--steps", "5", "--name", "points", "--device", "cpu"])
    bounds = {}
    for words in ("--binarised", ""):
        _, out, _ = run(capsys, *f"evaluate brief --likelihood-samples 20 --quality --json {words}".split())
        result = json.loads(out)
        assert result["quality"]["samples"]["prior"]["frechet"] == _MEASURE
        assert "test_reconstruction" in result
        bounds[words] = result["likelihood"]
        assert bounds[words]["elbo"]["value"] < bounds[words]["bound_20"]["value"]
    assert bounds["--binarised"]["bound_20"]["value"] != bounds[""]["bound_20"]["value"]
    assert "quality" not in load("brief").metrics
    status, out, _ = run(capsys, *["evaluate", "brief", "--likelihood-samples", "2", "--quality", "--keep"])
    assert load("brief").metrics["quality"]["samples"]["prior"]["frechet"] == _MEASURE
    # Without --quality what was measured before stays.
    run(capsys, *["evaluate", "brief", "--keep"])
    assert load("brief").metrics["quality"]["samples"]["prior"]["frechet"] == _MEASURE
    assert recorded_replicates(load("brief")) is not None
    assert status == 0
    assert "samples (prior)\n  frechet              12.0000    [11.0000, 13.0000]       distance" in out
    assert "  bound 2 " in out
    for words, message in {
        "points --likelihood-samples 5": "An autoencoder has no likelihood",
        "brief --likelihood-samples 0": "at least 1, not 0",
        "brief --binarised": "--binarised goes with --likelihood-samples.",
    }.items():
        status, out, err = run(capsys, "evaluate", *words.split())
        assert (status, out) == (2, "")
        assert message in err


_MEASURE = {"value": 12.0, "low": 11.0, "high": 13.0, "unit": "distance", "higher_is_better": False}
_MEASURED = Measurements(
    {"samples": {"prior": {"frechet": _MEASURE}}},
    Replicates({"samples/prior/frechet": np.array([11, 12, 13], np.float32)}, {}),
)


def test_a_run_by_seconds_gives_a_command_by_steps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "train --model ae --latent-dim 3 --hidden 16 --seconds 1 --device cpu --json"
    _, out, _ = run(capsys, *words.split())
    result = json.loads(out)
    assert f"--steps {result['steps']} " in result["command"]
    assert "--seconds" not in result["command"]
    assert result["name"] == "ae-3d"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "train --latent-dim 500 --epochs 0",
            "latent size must be 1 to 128, not 500; epochs must be 1 to 10000, not 0.",
        ),
        ("train --epochs two", "invalid int value: 'two'"),
        ("train --hidden 4x4", "'4x4' is not like 400,400"),
        ("train --epochs 1 --seconds 2", "exactly one budget"),
        ("train --model gan", "invalid choice: 'gan'"),
        ("train --steps 5 --name ../x", "is no name for a checkpoint"),
        ("evaluate nothing", "There is no checkpoint called 'nothing'"),
        ("fly", "invalid choice: 'fly'"),
        ("", "required: command"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_status_2(
    words: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, *words.split())
    assert status == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert message in err
    assert list_checkpoints() == ([], [])


def test_a_damaged_checkpoint_is_one_line_and_exit_status_1(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (saved / "model.safetensors").write_bytes(b"nothing")
    status, out, err = run(capsys, "evaluate", "small")
    assert (status, out) == (1, "")
    assert err.startswith("python -m vae evaluate: model.safetensors is damaged")
    assert len(err.splitlines()) == 1


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "train", "--help")
    assert status == 0
    assert "--latent-dim 2 --beta 4 --epochs 5 --name my-vae" in out
