"""The command `list`: every run, whatever is wrong with one of them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.helpers.command_line import run


def test_a_run_whose_measurements_are_damaged_is_named_and_the_others_are_listed(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (saved / "metrics.json").write_text('{"test_reconstruction": 126.25, "knn_accuracy": null, "test_kl": 4}')
    damaged = {
        "a-list": '{"knn_accuracy": [0.5]}',
        "a-word": '{"test_reconstruction": "good"}',
        "nan": '{"elbo": NaN}',
        "too-large": f'{{"elbo": 1{"0" * 400}}}',
    }
    for name, content in damaged.items():
        shutil.copytree(saved, saved.parent / name)
        (saved.parent / name / "metrics.json").write_text(content)
    status, out, _ = run(capsys, "list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["name", "small", *damaged]
    assert "126.25" in out
    assert out.count("damaged: metrics.json") == 4

    status, out, _ = run(capsys, "list", "--json")
    listed = json.loads(out)
    assert [row["metrics"]["test_reconstruction"] for row in listed["checkpoints"]] == [126.25]
    assert [row["name"] for row in listed["damaged"]] == list(damaged)


def test_names_of_folders_cannot_write_to_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "one\ntwo\x1b[31m").mkdir()
    _, out, _ = run(capsys, "list")
    assert len(out.splitlines()) == 2
    assert "\x1b" not in out
    assert "one?two?[31m" in out


def test_a_folder_without_runs_is_told_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "list")[:2] == (0, f"There is no run in {folder}.\n")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(folder / "gone"))
    assert run(capsys, "list")[:2] == (0, f"There is no run in {folder / 'gone'}: there is no such folder.\n")
    assert json.loads(run(capsys, "list", "--json")[1]) == {
        "folder": str(folder / "gone"),
        "checkpoints": [],
        "damaged": [],
    }
    assert not (folder / "gone").exists()


def test_a_file_in_the_place_of_the_folder_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(folder / "file"))
    status, out, err = run(capsys, "list")
    assert (status, out) == (1, "")
    assert err == (f"python -m vae list: The folder of the runs, {folder / 'file'}, cannot be read: Not a directory.\n")
