"""Uploaded files: kept under harmless names, bounded, and gone with whoever holds them."""

import gc
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from vae.ui.own import uploads
from vae.ui.own.uploads import UploadError, Uploads


@dataclass
class File:
    name: str
    content: bytes = b"abc"

    @property
    def size(self) -> int:
        return len(self.content)

    def getbuffer(self) -> memoryview:
        return memoryview(self.content)


def test_one_file_is_itself_and_several_are_a_folder_that_holds_them_all() -> None:
    one = Uploads([File("pets.tar.gz")])
    assert (one.path.name, one.path.read_bytes(), one.title) == ("pets.tar.gz", b"abc", "pets")
    two = Uploads([File("0000.parquet"), File("0000.parquet", b"more")])
    assert sorted(path.name for path in two.path.iterdir()) == ["0000.parquet", "2-0000.parquet"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/abs/x.png", "..", ".hidden", ""])
def test_a_name_leads_to_no_other_folder(name: str) -> None:
    kept = Uploads([File(name), File("other")])
    assert len([path for path in kept.path.iterdir() if path.is_file()]) == 2


def test_the_files_go_when_nobody_holds_them() -> None:
    kept = Uploads([File("pets.zip")])
    path = kept.path
    assert path.exists()
    del kept
    gc.collect()
    assert not path.exists()
    assert not path.parent.parent.exists()


def test_the_next_upload_clears_up_after_a_server_that_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{uploads.PREFIX}left"
    (left / "uploaded").mkdir(parents=True)
    left.with_name(f"{left.name}.lock").touch()
    one, two = Uploads([File("pets.zip")]), Uploads([File("cats.zip")])
    assert not left.exists()
    assert one.path.exists()
    assert two.path.exists()
    one.close()
    two.close()
    assert not list(tmp_path.iterdir())


def test_too_many_or_too_large_files_are_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 5)
    with pytest.raises(UploadError, match=r"2 files of 0.00 GB; at most 2,000 of 0.00 GB are taken at once"):
        Uploads([File("a"), File("b")])
