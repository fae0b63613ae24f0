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
    assert run(capsys, "shrink", "small")[1] == "small: weights of 0.0 MB\n"


def test_stopped_it_leaves_the_run_whole(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = load("small").stored
    monkeypatch.setattr("vae.storage.recording.write_weights", stop)
    status, out, err = run(capsys, "shrink", "small")
    assert (status, out) == (130, "")
    assert err == "python -m vae shrink: Stopped; small is whole, as it was or in half precision.\n"
    assert load("small").stored == before
