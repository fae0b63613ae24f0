"""The command line, in the test's own process and in another."""

import os
import subprocess
import sys

import pytest

from vae.__main__ import main
from vae.folders import ROOT

OF_RUNS = ("train", "sweep", "list", "change", "evaluate", "shrink")
USING = ("export", "generate", "encode", "score")
COMMANDS = (*OF_RUNS, *USING, "judge", "import", "images", "import-weights", "app")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run a command in this process; return its exit status and what it wrote to standard output and error."""
    capsys.readouterr()
    try:
        status = main(list(words))
    except SystemExit as stop:
        status = int(stop.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which `vae` stands for the command line, in the project's folder."""
    return subprocess.run(
        ["bash", "-c", f'vae() {{ "{sys.executable}" -m vae "$@"; }}; {line}'],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
    )
