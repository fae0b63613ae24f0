"""A zip archive is read file by file, or refused in a sentence that says why."""

import io
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from tests.helpers.sources import zip_of
from vae.data.readers.collection import ReaderError
from vae.data.readers.zip_files import ZipFiles
from vae.folders import ROOT

FILES = {"cats/10.png": b"ten" * 400, "cats/2.png": b"two", "__MACOSX/cats/._2.png": b"x", "empty/": b"", "no.txt": b""}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("before", [b"", b"#!/bin/sh\nsomething stands before the archive"])
@pytest.mark.parametrize("wide", [False, True])
def test_files_are_read(
    method: int, before: bytes, wide: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wide:  # every size and place is written in 64 bits
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", -1)
    path = zip_of(tmp_path / "a.zip", FILES, method)
    path.write_bytes(before + path.read_bytes())
    with ZipFiles(path) as files:
        assert dict(files.sizes) == {"cats/2.png": 3, "cats/10.png": 1200, "no.txt": 0}
        assert list(files.sizes) == ["cats/2.png", "cats/10.png", "no.txt"]
        assert files.read("cats/10.png", 10_000) == b"ten" * 400
        assert files.read("cats/10.png", 5) == b"tente"
        assert files.read("no.txt", 9) == b""
        assert "were left out: 1, such as __MACOSX" in files.remarks[0]


def test_what_is_unpacked_goes_with_the_source_or_with_a_killed_process(tmp_path: Path, temporary: Path) -> None:
    path = zip_of(tmp_path / "a.zip", FILES)
    code = (
        "import os, sys; from pathlib import Path; from vae.data.readers.zip_files import ZipFiles;"
        "files = ZipFiles(Path(sys.argv[1])); files.local('cats/2.png'); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, check=False)
    (left,) = (entry for entry in temporary.iterdir() if entry.is_dir())
    stranger = temporary / f"{left.name}-of-others"
    stranger.mkdir()
    with ZipFiles(path) as files:
        local = files.local("cats/2.png")
        assert local.read_bytes() == b"two"
        assert local.suffix == ".png"
        assert files.local("cats/2.png") == local
        assert not left.exists()
        with ZipFiles(path) as other:
            other.local("cats/10.png")
        assert local.exists()
    assert list(temporary.iterdir()) == [stranger]


def test_a_file_larger_than_the_quota_is_not_unpacked(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAE_IMPORTED_GB", "0.000001")
    with ZipFiles(zip_of(tmp_path / "a.zip", FILES)) as files:
        with pytest.raises(ReaderError, match="VAE_IMPORTED_GB"):
            files.local("cats/10.png")
        assert files.read("cats/10.png", 9) == b"tententen"
    assert list(temporary.iterdir()) == []


def bomb() -> bytes:
    """A small archive of two gigabytes of zeros, in one file that every entry of its table names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("1.png", "w") as file:
            for _ in range(20):
                file.write(bytes(10**6))
        (info,) = archive.filelist
        for number in range(2, 102):
            other = zipfile.ZipInfo(f"{number}.png")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(other, name, getattr(info, name))
            archive.filelist.append(other)
    return packed.getvalue()


def encrypted() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("1.png"), b"1")
        archive.filelist[0].flag_bits |= 1
    return packed.getvalue()


def zipped(name: str = "1.png", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(name), b"12345" * 100, method)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(), "would unpack to 2,020 MB"),
        (encrypted(), "is encrypted; unpack it with its password"),
        (zipped("../1.png"), "would lie outside"),
        (zipped("/etc/1.png"), "would lie outside"),
        (zipped("C:\\1.png"), "would lie outside"),
        (zipped(method=zipfile.ZIP_LZMA), "by a method that is not read here"),
        (zipped(method=zipfile.ZIP_BZIP2), "by a method that is not read here"),
        (zipped()[:-30], "is cut short"),
        (zipped()[50:], "is cut short"),
        (zipped().replace(b"PK\1\2", b"PK\1\3"), "is damaged"),
        (b"PK\3\4", "is cut short"),
        (b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 9, 60_000, 2**32 - 2, 0, 0), "more than 2,000,000 files"),
    ],
)
def test_a_bad_archive_is_refused_in_a_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ReaderError, match=said) as refused:
        ZipFiles(tmp_path / "a.zip")
    assert str(refused.value).startswith("a.zip ")
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("place", [40, 45])
def test_a_file_that_is_damaged_is_told_by_its_name(place: int, tmp_path: Path) -> None:
    content = bytearray(zipped())
    content[place] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(content)
    with ZipFiles(tmp_path / "a.zip") as files, pytest.raises(ReaderError, match=r"1\.png in a\.zip is (damaged|cut)"):
        files.read("1.png", 10_000)


def test_links_and_archives_within_it_are_left_out_and_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("more.zip", zipped())
        archive.writestr("1.png", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("1.png", b"later")
    with ZipFiles(tmp_path / "a.zip") as files:
        assert dict(files.sizes) == {"1.png": 5}
        assert files.read("1.png", 9) == b"later"
        assert [told.split(":")[0] for told in files.remarks] == [
            "Links were left out",
            "Archives within it, which are not opened, were left out",
            "Files whose path occurs again were left out",
        ]
