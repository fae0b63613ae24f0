"""The command `change`: a run gets a name, a copy or a note, or is deleted, unless it comes with the project."""

import json
from pathlib import Path

import pytest

from tests.helpers.app import PAIRS
from tests.helpers.command_line import run
from tests.helpers.runs import found_in
from vae.storage.checkpoints import load


def test_a_run_is_copied_renamed_and_noted_and_the_list_shows_the_note(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "change", "small", "--copy", "other")[:2] == (0, "other is a copy of small.\n")
    assert run(capsys, "change", "other", "--rename", "third")[:2] == (0, "other is called third now.\n")
    status, out, _ = run(capsys, "change", "third", "--note", "for the lecture", "--json")
    assert (status, json.loads(out)["note"], load("third").note) == (0, "for the lecture", "for the lecture")
    listed = {row["name"]: row for row in json.loads(run(capsys, "list", "--json")[1])["checkpoints"]}
    assert {name: (row["note"], row["shipped"]) for name, row in listed.items()} == {
        "small": ("", False),
        "third": ("for the lecture", False),
    }
    assert run(capsys, "list")[1].splitlines()[-1].endswith("for the lecture")
    assert run(capsys, "change", "third", "--note", "")[1] == "third has no note now.\n"


def test_deleting_asks_first_since_it_cannot_be_undone(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "change", "small", "--delete")
    assert (status, out) == (2, "")
    assert err == "python -m vae change: Deleting small cannot be undone; add --yes if you are sure.\n"
    assert load("small")
    assert run(capsys, "change", "small", "--delete", "--yes")[:2] == (0, "small is deleted.\n")
    assert not saved.exists()


@pytest.mark.parametrize("deed", ["--rename mine", "--delete", "--delete --yes"])
def test_a_run_that_comes_with_the_project_is_refused_with_the_way_to_a_copy(
    deed: str, copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "change", "vae-2d", *deed.split())
    assert (status, out) == (2, "")
    assert "'vae-2d' comes with the project and is locked" in err
    assert "`python -m vae change vae-2d --copy NEW-NAME`" in err
    assert len(err.splitlines()) == 1
    assert found_in(copies) == sorted(PAIRS)
    listed = json.loads(run(capsys, "list", "--json")[1])["checkpoints"]
    assert all(row["shipped"] for row in listed)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("small", "one of the arguments --rename --copy --note --delete is required"),
        ("small --rename x --delete", "not allowed with argument"),
        ("small --yes --note x", "--yes goes with --delete."),
        ("none --note x", "There is no run called 'none'"),
        ("small --copy small", "There is a run called 'small' already"),
        ("small --rename ../x", "'../x' is no name for a run"),
        ("small --delete --yes --copy=", "not allowed with argument"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    words: str, said: str, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "change", *words.split())
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert found_in(saved.parent) == ["small"]
