"""The progress bar: on a terminal alone, without escape codes, within its width, and gone in the end."""

import io
import sys

import pytest

from vae.cli.bar import ProgressBar
from vae.cli.streams import take_any_character


class Terminal(io.TextIOWrapper):
    """A terminal of 40 columns that shows what was written to it."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding)

    def isatty(self) -> bool:
        return True

    @property
    def written(self) -> str:
        return self.bytes.getvalue().decode()

    @property
    def lines(self) -> list[str]:
        """The lines that one sees, in which a carriage return goes back to the beginning."""
        seen = []
        for line in self.written.split("\n"):
            shown = ""
            for part in line.split("\r"):
                assert len(part) < 40
                shown = part + shown[len(part) :]
            seen.append(shown.rstrip())
        return seen


def terminal_of(encoding: str, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    # Called by tests themselves, since pytest sets the streams anew after the fixtures.
    terminal = Terminal(encoding)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    return terminal


def test_it_is_drawn_within_the_terminal_and_erased_before_lines_and_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = terminal_of("utf-8", monkeypatch)
    with ProgressBar("name") as bar:
        bar.step(0.5)
        assert terminal.lines == ["name ███████████████░░░░░░░░░░░░░░░  50"]
        bar.line("epoch 1")
        assert terminal.lines == ["epoch 1", ""]
        bar.drawn = 0.0  # as if a tenth of a second had passed
        bar.step(1.0)
    assert terminal.lines == ["epoch 1", ""]
    assert "\x1b" not in terminal.written


def test_it_is_erased_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of("utf-8", monkeypatch)

    def work() -> None:
        with ProgressBar("name") as bar:
            bar.step(0.5)
            raise ValueError("The work failed.")

    with pytest.raises(ValueError, match="failed"):
        work()
    assert terminal.lines == [""]


def test_it_can_be_drawn_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of("ascii", monkeypatch)
    take_any_character()
    ProgressBar("name").step(0.5)
    assert terminal.lines == ["name ###############...............  50"]


def test_nothing_is_drawn_where_there_is_no_terminal_or_one_that_cannot(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = terminal_of("utf-8", monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    with ProgressBar("name") as bar:
        bar.step(0.5)
    assert terminal.written == ""
    monkeypatch.undo()
    with ProgressBar("name") as bar:
        bar.step(0.5)
        bar.line("epoch 1")
    assert capsys.readouterr().err == "epoch 1\n"
