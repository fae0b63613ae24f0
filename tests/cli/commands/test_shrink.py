"""The command `shrink`: half the size, and what is said when it is stopped."""

import json
from pathlib import Path

import pytest

from tests.helpers.command_line import run
from vae.storage.checkpoints import load


def test_it_halves_the_weights_and_says_how_large_they_are(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (saved / "model.safetensors").stat().st_size
    status, out, _ = run(capsys, "shrink", "small", "--json")
    assert status == 0
    assert json.loads(out) == {"name": "small", "bytes": (saved / "model.safetensors").stat().st_size}
    assert json.loads(out)["bytes"] < 0.6 * before
    assert "the weights take 0.0 MB now" in run(capsys, "shrink", "small")[1]


def test_a_run_that_comes_with_the_project_is_shrunk_only_by_the_switch(
    copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load("ae-2d").stored
    status, out, err = run(capsys, "shrink", "ae-2d")
    assert (status, out) == (2, "")
    assert "'ae-2d' comes with the project and is locked" in err
    assert "or add --replace-shipped" in err
    assert load("ae-2d").stored == before
    assert run(capsys, "shrink", "ae-2d", "--replace-shipped")[0] == 0


def test_stopped_it_leaves_the_run_whole(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = load("small").stored
    monkeypatch.setattr("vae.storage.recording.write_weights", stop)
    status, out, err = run(capsys, "shrink", "small")
    assert (status, out) == (130, "")
    assert err == "python -m vae shrink: Stopped; small is kept whole, either as it was or in half precision.\n"
    assert load("small").stored == before
