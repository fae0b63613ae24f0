"""Renaming, discarding and recovering checkpoints."""

import shutil
from pathlib import Path

import pytest

from tests.helpers.runs import found_in
from vae.storage.bin import discard, recover, rename
from vae.storage.checkpoints import list_checkpoints
from vae.storage.names import CheckpointError, CheckpointNameError


def test_rename(saved: Path) -> None:
    rename("small", "other")
    assert [c.name for c in list_checkpoints()[0]] == ["other"]
    shutil.copytree(saved.with_name("other"), saved.with_name("third"))
    with pytest.raises(CheckpointNameError, match="already"):
        rename("other", "third")


def test_a_folder_that_somebody_else_has_made_comes_back_under_a_name_that_a_run_can_have(saved: Path) -> None:
    (saved.parent / "my run ²").mkdir()
    assert recover(discard("my run ²")) == "my-run-"
    assert found_in(saved.parent) == ["my-run-", "small"]


def test_what_is_discarded_is_gone_until_it_is_recovered(saved: Path) -> None:
    shutil.copytree(saved, saved.with_name("other"))
    first = discard("small")
    assert [c.name for c in list_checkpoints()[0]] == ["other"]
    with pytest.raises(CheckpointNameError, match="no run called 'small'"):
        discard("small")
    assert recover(first) == "small"
    with pytest.raises(CheckpointError, match="no longer there"):
        recover(first)
    # The name may be taken in the meantime, and two of one name may lie in the bin.
    first = discard("small")
    rename("other", "small")
    second = discard("small")
    assert recover(second) == "small"
    assert recover(first) == "small-2"
    gone = discard("small")
    shutil.rmtree(gone.path)  # as when the process ends whose bin it is
    with pytest.raises(CheckpointError, match="no longer there"):
        recover(gone)
    assert found_in(saved.parent) == ["small-2"]
