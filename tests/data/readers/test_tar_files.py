"""A tar archive is read at the places of its files, or refused in a sentence that says why."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from tests.helpers.sources import add, tar_of
from vae.data.readers.collection import ReaderError
from vae.data.readers.tar_files import TarFiles, is_tar

LONG = "folder/" * 30 + "1.png"
FILES = {"./cats/10.png": b"ten" * 400, "./cats/2.png": b"two", "cats/._2.png": b"x", LONG: b"long", "été.png": b"e"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_files_are_read(mode: str, tmp_path: Path) -> None:
    path = tar_of(tmp_path / "called anything", FILES, mode)
    assert is_tar(path)
    with TarFiles(path) as files:
        assert list(files.sizes) == ["cats/2.png", "cats/10.png", LONG, "été.png"]
        assert files.read("cats/10.png", 10_000) == b"ten" * 400
        assert files.read("cats/10.png", 4) == b"tent"
        assert files.local(LONG).read_bytes() == b"long"
        assert len(files.remarks) == 1


def test_only_the_file_that_is_asked_for_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with TarFiles(tar_of(tmp_path / "a.tar", {f"{row}.png": bytes([row]) * 5_000 for row in range(100)})) as files:
        read: list[int] = []
        real = files.read_at

        def counted(start: int, count: int) -> bytes:
            read.append(count)
            return real(start, count)

        monkeypatch.setattr(files, "read_at", counted)
        assert [files.read(f"{row}.png", 9_999)[0] for row in (3, 50, 98)] == [3, 50, 98]
    assert sum(read) == 3 * 5_000


def tar(*members: tarfile.TarInfo, content: bytes = b"12345" * 300) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        add(archive, tarfile.TarInfo("1.png"), content)
        for member in members:
            archive.addfile(member)
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.size, found.linkname = kind, size, "/etc/passwd"
    return found


def resized(size: int) -> bytes:
    """An archive whose second file's size is written as anything."""
    content = bytearray(tar(member("2.png")))
    begin = content.index(b"2.png")
    content[begin + 124 : begin + 136] = b"\xff" + size.to_bytes(11, "big", signed=True)
    content[begin + 148 : begin + 156] = b" " * 8
    content[begin + 148 : begin + 156] = b"%06o\0 " % sum(content[begin : begin + 512])
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (tar(member("2.png", tarfile.SYMTYPE)), "holds a link, 2.png"),
        (tar(member("2.png", tarfile.LNKTYPE)), "holds a link, 2.png"),
        (tar(member("2.png", tarfile.CHRTYPE)), "is a device"),
        (tar(member("2.png", tarfile.FIFOTYPE)), "is a device"),
        (tar(member("../2.png")), "would lie outside"),
        (tar(member("/etc/2.png")), "would lie outside"),
        (tar()[:1_200], "is cut short"),
        (tar()[:300], "is damaged"),
        (tar(member("2.png"))[:2_100] + b"x" * 900, "cannot be read beyond 1 files"),
        (resized(-512), "a size that cannot be"),
        (resized(-3_000), "a size that cannot be"),
    ],
)
def test_a_bad_archive_is_refused_in_a_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(content)
    with pytest.raises(ReaderError, match=said) as refused:
        TarFiles(tmp_path / "a.tar")
    assert str(refused.value).startswith("a.tar ")
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_compressed_archive_that_is_damaged_cut_short_or_a_bomb_is_refused(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tar_of(tmp_path / "a.tgz", {"1.png": bytes(range(256)) * 400, "2.png": bytes(3_000_000)}, mode)
    content = path.read_bytes()
    monkeypatch.setattr("vae.data.readers.tar_files.HARMLESS", 1_000_000)
    with pytest.raises(ReaderError, match="times as many, as no images do"):
        TarFiles(path)
    monkeypatch.setenv("VAE_IMPORTED_GB", "0.001")
    monkeypatch.setattr("vae.data.readers.tar_files.HARMLESS", 10_000_000)
    with pytest.raises(ReaderError, match="VAE_IMPORTED_GB"):
        TarFiles(path)
    monkeypatch.undo()
    for bad in (content[: len(content) // 2], content[:300] + b"junk" * 9 + content[336:]):
        path.write_bytes(bad)
        with pytest.raises(ReaderError, match=r"^a\.tgz is (cut short|damaged)"):
            TarFiles(path)


def test_an_archive_without_its_end_is_read_and_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar()[: 512 + 1_536])
    with TarFiles(tmp_path / "a.tar") as files:
        assert list(files.sizes) == ["1.png"]
        assert files.remarks == ("a.tar ends without a mark of its end: it may have been cut short.",)


def test_a_table_or_zeros_are_no_archive(tmp_path: Path) -> None:
    for content in (b"", bytes(2_000), b"label,pixel0\n" * 99, gzip.compress(b"1,2\n")):
        (tmp_path / "a.tar").write_bytes(content)
        assert not is_tar(tmp_path / "a.tar")
    (tmp_path / "a.tar").write_bytes(b"\x1f\x8b but no gzip file")
    with pytest.raises(ReaderError, match=r"a\.tar is damaged"):
        is_tar(tmp_path / "a.tar")
