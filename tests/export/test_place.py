"""Places of exports: whole or not at all, never over what is there unless that is asked for, and in one sentence."""

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.disks import fill, small_disk
from vae.export.place import ExportError, PlaceError, new_file, new_folder
from vae.export.tables import Write, new_table


def stop_while_writing(path: Path) -> None:
    path.write_text("half")
    raise KeyboardInterrupt


def write_parts(write: Write) -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        write({"z": random.normal(size=(1_000, 4)).astype(np.float32)})


def test_what_raises_leaves_nothing_and_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt), new_file(tmp_path / "old.txt", overwrite=True) as path:
        stop_while_writing(path)
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "folder", r"\w+\.txt", overwrite=True) as path:
        stop_while_writing(path / "new.txt")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "old.txt", "old.txt"]
    with new_folder(tmp_path / "folder", r"\w+\.txt", overwrite=True) as path:
        (path / "new.txt").write_text("new")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["new.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "old.txt"]


def test_places_that_are_taken_or_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    (tmp_path / "file").write_text("")
    refused = {
        "mine": r"exists already; choose another name, or add --overwrite",
        "nowhere/out": r"There is no folder .*nowhere to write out in",
    }
    for name, message in refused.items():
        for place in (new_file(tmp_path / name), new_folder(tmp_path / name, "x")):
            with pytest.raises(PlaceError, match=message), place:
                pass
    with pytest.raises(PlaceError, match="is a folder"), new_file(tmp_path / "mine", overwrite=True):
        pass
    with pytest.raises(PlaceError, match="is a file"), new_folder(tmp_path / "file", "x", overwrite=True):
        pass
    with (
        pytest.raises(PlaceError, match=r"holds 'thesis\.tex', which no export has written"),
        new_folder(tmp_path / "mine", r"\d+\.png", overwrite=True),
    ):
        pass
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "years of work"


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        fill(disk, leaving=8_000)
        with (
            pytest.raises(ExportError, match=r"out\.bin could not be written: No space left on device"),
            new_file(disk / "out.bin") as path,
        ):
            path.write_bytes(bytes(100_000))
        with (
            pytest.raises(ExportError, match="out could not be written: No space left on device"),
            new_folder(disk / "out", "x") as path,
        ):
            (path / "x").write_bytes(bytes(100_000))
        assert [path.name for path in disk.iterdir()] == ["filling"]


@pytest.mark.parametrize("kind", ["parquet", "csv", "npz"])
def test_a_disk_that_fills_while_a_table_is_written_is_a_sentence(kind: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        fill(disk, leaving=100_000)
        with (
            pytest.raises(ExportError, match=rf"out\.{kind} could not be written: .*No space left on device"),
            new_table(disk / f"out.{kind}", kind) as write,
        ):
            write_parts(write)
        assert [path.name for path in disk.iterdir()] == ["filling"]
