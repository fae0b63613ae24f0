"""Notes on runs: they stay with their run whatever becomes of it, and nothing that is no note is shown as one."""

from pathlib import Path

import pytest

from tests.helpers.runs import found_in
from vae.storage.archive import copy, from_zip, to_zip
from vae.storage.bin import discard, recover, rename
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.claims import claiming
from vae.storage.metrics import add_metrics
from vae.storage.names import CheckpointError
from vae.storage.notes import LONGEST, NOTE, write_note
from vae.storage.recording import shrink

WORDS = "The one for the lecture: β 4, and clearer than before ☺"


def test_a_note_stays_when_its_run_is_renamed_copied_packed_measured_shrunk_or_recovered(saved: Path) -> None:
    write_note("small", f"  {WORDS} ")
    before = load("small")
    assert before.note == WORDS
    add_metrics(before.stored, {"elbo": -1.0})
    rename("small", "other")
    copy("other", "copied")
    from_zip(to_zip("other"), "loaded")
    shrink("other")
    recover(discard("other"))
    assert {run.name: run.note for run in list_checkpoints()[0]} == dict.fromkeys(("copied", "loaded", "other"), WORDS)
    assert load("copied").metric("elbo") == -1.0
    assert load("copied").stored.marks == before.stored.marks  # the note is no change of the weights


def test_another_note_takes_its_place_and_an_empty_one_removes_it(saved: Path) -> None:
    write_note("small", "first")
    write_note("small", "second")
    assert load("small").note == "second"
    write_note("small", " ")
    assert load("small").note == ""
    assert not (saved / NOTE).exists()
    assert found_in(saved.parent) == ["small"]


@pytest.mark.parametrize("text", ["two\nlines", "x" * (LONGEST + 1), "\x1b[31mred"])
def test_what_is_no_single_line_is_refused_and_the_note_stays(text: str, saved: Path) -> None:
    write_note("small", "mine")
    with pytest.raises(CheckpointError, match="A note is one line of at most 200 printable characters"):
        write_note("small", text)
    assert load("small").note == "mine"


def test_a_run_that_is_being_trained_gets_no_note_which_its_next_epoch_would_lose(saved: Path) -> None:
    said = "'small' is being trained; cancel it, or annotate it once it has ended"
    with claiming("small", replacing=True), pytest.raises(CheckpointError, match=said):
        write_note("small", "mine")
    with pytest.raises(CheckpointError, match="no run called 'none'"):
        write_note("none", "mine")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"one\ntwo", b"x" * 5_000_000, "é".encode() * (LONGEST + 1)])
def test_a_file_that_holds_no_note_is_no_damage_to_the_run(content: bytes, saved: Path) -> None:
    (saved / NOTE).write_bytes(content)
    assert load("small").note == ""
    write_note("small", "mine")
    assert load("small").note == "mine"
