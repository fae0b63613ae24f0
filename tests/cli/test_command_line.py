"""The command line as a whole: what it imports, bad arguments, help, and faults of every kind in one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.command_line import COMMANDS, run
from vae.folders import ROOT
from vae.storage.checkpoints import list_checkpoints

IMPORTED = """
import contextlib, io, sys
from vae.__main__ import main
LINES = "list", "list --json", "images", "import --help", "--help", "train --help", "train --epochs x", "fly"
for words in map(str.split, LINES):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        main(words)
print([name for name in ("torch", "pandas", "sklearn", "scipy", "PIL") if name in sys.modules])
"""


def test_what_needs_no_model_imports_no_torch_so_that_it_is_there_at_once(saved: Path) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "train --latent-dim 500 --epochs 0",
            "latent size must be 1 to 128, not 500; epochs must be 1 to 10000, not 0.",
        ),
        ("train --epochs two", "'two' is not a whole number"),
        (f"train --epochs 1{'0' * 400}", "is too large"),
        ("train --hidden 4x4", "'4x4' is not like 400,400"),
        ("train --epochs 1 --seconds 2", "exactly one budget"),
        ("train --model gan", "invalid choice: 'gan'"),
        ("train --steps 5 --name ../x", "is no name for a run"),
        ("train --steps 5 --name=", "'' is no name for a run"),
        ("train --from=", "There is no run called ''"),
        ("evaluate nothing", "There is no run called 'nothing'"),
        ("evaluate nothing --seed -1", "--seed: it must be 0 to 2,147,483,647, not -1"),
        ("evaluate nothing --seed 99999999999999999999", "--seed: 99999999999999999999... is too large"),
        ("evaluate nothing --likelihood-samples 0", "it must be 1 to 1,000,000, not 0"),
        ("judge --epochs 0", "it must be 1 to 1,000, not 0"),
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


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option_with_its_default(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, command, "--help")
    assert status == 0
    assert "--json" in out
    assert "None" not in out


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--latent-dim 2 --beta 4 --epochs 5 --name my-vae" in run(capsys, "train", "--help")[1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied", "/somewhere"), "/somewhere cannot be used: Permission denied."),
        (MemoryError(), "There is not enough memory; choose smaller hidden sizes, or free some."),
        (RuntimeError("CUDA out of memory.\nTried to"), "There is not enough memory; choose smaller hidden sizes"),
        (TypeError("a\nb"), "An error of the program itself: TypeError: a (python -X dev shows where)."),
    ],
)
def test_no_error_shows_a_traceback(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("vae.cli.commands.list.list_checkpoints", fail)
    status, out, err = run(capsys, "list", "--json")
    assert (status, out) == (1, "")
    assert err.startswith(f"python -m vae list: {words}")
    assert len(err.splitlines()) == 1


def test_numbers_that_are_not_finite_are_null_in_json(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = {"nan": float("nan"), "list": [float("inf"), 1.5], "name": "β"}
    monkeypatch.setattr("vae.cli.commands.list.run", lambda _: result)
    _, out, _ = run(capsys, "list", "--json")
    assert out.isascii()
    assert json.loads(out) == {"nan": None, "list": [None, 1.5], "name": "β"}
