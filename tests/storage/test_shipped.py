"""The runs that come with the project are those that it calls shipped, and they are locked."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.app import PAIRS
from tests.helpers.app import SHIPPED as FOLDER
from vae.folders import ROOT
from vae.storage.archive import copy
from vae.storage.bin import discard, rename
from vae.storage.checkpoints import list_checkpoints
from vae.storage.names import CheckpointNameError
from vae.storage.notes import write_note
from vae.storage.recording import shrink
from vae.storage.shipped import SHIPPED, is_shipped


def test_they_are_the_folders_that_git_keeps() -> None:
    found = subprocess.run(["git", "ls-files", "checkpoints"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode or not found.stdout:
        pytest.skip("this is no git checkout")
    folders = {line.split("/")[1] for line in found.stdout.splitlines() if line.count("/") == 2}
    assert folders == set(SHIPPED)


def test_they_are_neither_deleted_nor_renamed_nor_shrunk_and_the_refusal_says_how_to_copy_them(copies: Path) -> None:
    for deed, word in (
        (lambda: discard("vae-2d"), "deleted"),
        (lambda: rename("vae-2d", "mine"), "renamed"),
        (lambda: shrink("vae-2d"), "changed"),
    ):
        said = f"comes with the project and is locked, so that it is not {word}; .*change vae-2d --copy NEW-NAME`"
        with pytest.raises(CheckpointNameError, match=said):
            deed()
    copy("vae-2d", "mine")
    rename("mine", "yours")
    discard("yours")
    write_note("vae-2d", "a note is allowed")
    assert sorted(run.name for run in list_checkpoints()[0]) == sorted(PAIRS)


def test_the_lock_is_on_the_projects_own_folder_even_where_a_file_of_the_run_is_damaged(copies: Path) -> None:
    assert all(is_shipped(FOLDER / name) for name in SHIPPED)
    (copies / "ae-2d" / "config.json").write_text("{")
    assert is_shipped(copies / "ae-2d")


def test_a_run_of_the_same_name_with_other_weights_is_its_owners(saved: Path) -> None:
    shutil.copytree(saved, saved.with_name("vae-2d"))
    assert not is_shipped(saved.with_name("vae-2d"))
    assert not is_shipped(saved)
    assert not is_shipped(saved.with_name("ae-2d"))  # which is not there
    discard("vae-2d")
    assert [run.name for run in list_checkpoints()[0]] == ["small"]
