"""The files of a folder, without junk, and without what lies elsewhere."""

import os
import sys
from pathlib import Path

import pytest

from tests.helpers.sources import folder_of
from vae.data.readers.collection import ReaderError
from vae.data.readers.folder_files import FolderFiles

FILES = {"10.png": b"ten", "2.png": b"two", "cats/1.png": b"cat", ".DS_Store": b"x", "__MACOSX/._2.png": b"x"}


def test_files_come_in_natural_order_and_junk_is_counted(tmp_path: Path) -> None:
    with FolderFiles(folder_of(tmp_path, FILES)) as files:
        assert dict(files.sizes) == {"2.png": 3, "10.png": 3, "cats/1.png": 3}
        assert list(files.sizes) == ["2.png", "10.png", "cats/1.png"]
        assert files.read("10.png", 2) == b"te"
        assert files.local("cats/1.png").read_bytes() == b"cat"
        (told,) = files.remarks
        assert "were left out: 2, such as" in told


def test_a_file_alone_is_a_source_of_one_even_if_it_is_hidden(tmp_path: Path) -> None:
    folder_of(tmp_path, {"digits.npz": b"12345", ".hidden": b"1"})
    with FolderFiles(tmp_path / "digits.npz") as files:
        assert dict(files.sizes) == {"digits.npz": 5}
        assert files.read("digits.npz", 99) == b"12345"
    with FolderFiles(tmp_path / ".hidden") as files:
        assert [files.read(path, 9) for path in files.sizes] == [b"1"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_links_are_followed_within_the_folder_and_not_out_of_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "images", {"1.png": b"1"})
    folder_of(tmp_path, {"secret.png": b"s"})
    (folder / "2.png").symlink_to("1.png")
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "loop").symlink_to(folder)
    (folder / "self.png").symlink_to("self.png")
    (folder / "gone.png").symlink_to("nothing.png")
    files = FolderFiles(folder)
    assert list(files.sizes) == ["1.png", "2.png"]
    assert any("Links were left out: 4" in told for told in files.remarks)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(folder_of(tmp_path, {"1.png": b"1"}) / "pipe.png")
    assert list(FolderFiles(tmp_path).sizes) == ["1.png"]
    with pytest.raises(ReaderError, match="neither a file nor a folder"):
        FolderFiles(tmp_path / "pipe.png")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_that_is_not_utf8_is_read_and_can_be_written(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xe9t\xe9.png", "wb") as file:
        file.write(b"summer")
    files = FolderFiles(tmp_path)
    (path,) = files.sizes
    assert path.encode("utf-8")
    assert files.read(path, 99) == b"summer"


def test_a_file_that_has_gone_and_too_many_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = FolderFiles(folder_of(tmp_path, FILES))
    (tmp_path / "2.png").unlink()
    with pytest.raises(ReaderError, match=r"2\.png cannot be read: No such file or directory\."):
        files.read("2.png", 9)
    monkeypatch.setattr("vae.data.readers.listing.MOST_FILES", 1)
    with pytest.raises(ReaderError, match="more than 1 files"):
        FolderFiles(tmp_path)
