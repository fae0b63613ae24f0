"""Output to any terminal, pipe or disk."""

import io
import json
import os
import sys
from pathlib import Path

import pytest

from tests.helpers.command_line import COMMANDS, run, shell
from vae.cli.streams import deliver, say, take_any_character

TEXT = "β σ − – █░ × é ı \udcff"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", b"beta sigma - - #. x ? ? ?"),
        ("cp1252", b"beta sigma - \x96 #. \xd7 \xe9 ? ?"),
        ("utf-8", "β σ − – █░ × é ı ?".encode()),
    ],
)
def test_characters_that_an_encoding_lacks_have_stand_ins(
    encoding: str, written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, write in {"stdout": deliver, "stderr": say}.items():
        stream = io.BytesIO()
        monkeypatch.setattr(sys, name, io.TextIOWrapper(stream, encoding=encoding))
        take_any_character()
        write(TEXT)
        assert stream.getvalue() == written + b"\n"


def test_a_message_is_one_line_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\ntwo\x1b[31m\r")
    assert capsys.readouterr().err == "one two?[31m?\n"


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_every_text_of_the_command_line_can_be_written_anywhere(settings: dict[str, str], saved: Path) -> None:
    (saved.parent / "bröken").mkdir()
    helps = "; ".join(f"vae {command} --help" for command in COMMANDS[:2])
    done = shell(f"{helps}; vae list; vae train --beta β; vae list --json", **settings)
    assert "Traceback" not in done.stderr
    assert "beta rises from 0" in done.stdout
    assert "invalid float value" in done.stderr
    listed = json.loads(done.stdout.splitlines()[-1])
    assert [len(listed[key]) for key in ("checkpoints", "damaged")] == [1, 1]


@pytest.mark.parametrize(
    ("line", "status", "out", "err"),
    [
        ("vae list | head -1 | cut -c 1-4; echo ${PIPESTATUS[1]}", 0, "name\n0\n", ""),
        ("vae list | true; echo ${PIPESTATUS[0]}", 0, "141\n", ""),
        ("vae --help | true; echo ${PIPESTATUS[0]}", 0, "141\n", ""),
        ("vae list > /dev/full", 1, "", "vae list: The output could not be written: No space left on device.\n"),
        ("vae --help > /dev/full", 1, "", "vae: The output could not be written: No space left on device.\n"),
        ("vae list >&-", 0, "", ""),
        ("vae list 2>&- | head -1 | cut -c 1-4", 0, "name\n", ""),
        ("vae fly 2>&-", 2, "", ""),
        ("vae fly 2> /dev/full", 2, "", ""),
        ("vae list <&- >&- 2>&-", 0, "", ""),
    ],
)
def test_any_pipe_is_taken_quietly_and_a_full_disk_is_a_sentence(
    line: str, status: int, out: str, err: str, saved: Path
) -> None:
    if "/dev/full" in line and not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    done = shell(line)
    assert (done.returncode, done.stdout) == (status, out)
    assert done.stderr == (f"python -m {err}" if err else "")


def test_a_run_goes_on_when_nobody_reads_its_messages_any_more(
    saved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as nobody:
        monkeypatch.setattr(sys, "stderr", nobody)
        say("Nobody hears this.")
        say("Nor this.")
        assert run(capsys, "list")[0] == 0
