"""Signals that stop a command: its exit status, and processes that ignore them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vae.cli.stops import SIGNALS, until_stopped
from vae.folders import ROOT
from vae.storage.checkpoints import load

NUMBERS = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    for number in NUMBERS:  # a shell that runs the tests in the background has it ignored
        signal.signal(number, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_stops_the_command_with_the_exit_status_of_shells(number: int) -> None:
    cleared = []

    def main() -> int:
        try:
            signal.raise_signal(number)
            return 0
        finally:
            cleared.append(True)

    assert until_stopped(main) == 128 + number
    assert cleared == [True]
    signal.raise_signal(number)  # what is left to do is not disturbed by a second one


def test_what_nohup_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def main() -> int:
        signal.raise_signal(signal.SIGHUP)
        return 7

    assert until_stopped(main) == 7


@pytest.mark.slow
@pytest.mark.parametrize(("words", "left"), [("train", "is kept as mine."), ("sweep", "and the same command goes on")])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_process_ends_in_words_and_leaves_nothing_behind(words: str, left: str, number: int, folder: Path) -> None:
    settings = ["--epochs", "1000", "--hidden", "8", "--device", "cpu", "--name", "mine"]
    if words == "sweep":
        settings += ["--betas", "1", "--engine", "one-by-one"]
    process = subprocess.Popen(
        [sys.executable, "-m", "vae", words, *settings],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    if words == "train":
        process.stderr.readline()  # of the first epoch
    else:
        while not list(folder.glob(".vae/*/claims/*")):
            assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (128 + number, "")
    assert "Traceback" not in err
    assert left in err.splitlines()[-1]
    assert [path.name for path in (folder / ".vae").iterdir()] == ["lock"]
    if words == "train":
        assert not load("mine").finished
    else:
        assert os.listdir(folder) == [".vae"]
