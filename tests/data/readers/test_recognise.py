"""Whatever somebody brings is opened and read by its content, or refused in one sentence; nothing is left behind."""

import gzip
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fuzzing import fuzzed
from tests.helpers.sources import folder_of, picture, tar_of, zip_of
from vae.data.readers.collection import ReaderError, UnreadableImageError
from vae.data.readers.files import Options
from vae.data.readers.folder_files import FolderFiles
from vae.data.readers.recognise import collect, open_source
from vae.data.readers.tar_files import TarFiles
from vae.data.readers.zip_files import ZipFiles

FILES = {
    f"{part}/{label}/{row}.{kind.lower()}": picture(row, kind)
    for part in ("train", "test")
    for label in ("2", "10")
    for row, kind in enumerate(("PNG", "JPEG", "GIF"))
} | {"metadata.csv": b"file_name,size\ntrain/2/0.png,4\n"}


def test_sources_are_told_by_their_content_whatever_they_are_called(tmp_path: Path) -> None:
    kinds = {
        folder_of(tmp_path / "images.zip", FILES): FolderFiles,
        zip_of(tmp_path / "images.tar", FILES): ZipFiles,
        tar_of(tmp_path / "images.png", FILES): TarFiles,
        tar_of(tmp_path / "images", FILES, "w:xz"): TarFiles,
    }
    for path, kind in kinds.items():
        with open_source(path) as files:
            assert isinstance(files, kind)
            found = collect(files, Options())
            assert (found.count, found.class_names) == (12, ("2", "10"))
            assert all(isinstance(image, np.ndarray) for image in found.read(range(12)))
            assert found.columns["size"][found.split == 0][0] == 4


def test_an_archive_of_arrays_is_one_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "digits.zip.npz", images=np.zeros((3, 8, 8)))
    with open_source(tmp_path / "digits.zip.npz") as files:
        assert list(files.sizes) == ["digits.zip.npz"]
    np.save(tmp_path / "1.npy", np.zeros(3))
    path = zip_of(tmp_path / "a.zip", {"1.npy": (tmp_path / "1.npy").read_bytes(), "cat.png": picture(1)})
    with open_source(path) as files:
        assert list(files.sizes) == ["1.npy", "cat.png"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.zip", b"Rar!\x1a\7\0", "a RAR archive, which is not read here; unpack it"),
        ("a.tar", b"7z\xbc\xaf\x27\x1c\0", "a 7z archive"),
        ("a.png", b"MZ\x90\0", "a.png is a program and holds no images that could be read; images are read from"),
        ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0", "a.png is a PostScript document"),
        ("a.png", b"%PDF-1.7", "a.png is a PDF document"),
        ("a.docx", b"hello", "a.docx is a file of another kind"),
        ("a.gz", gzip.compress(b"hello", mtime=0), "a.gz is a gzip file"),
        ("a.gz", gzip.compress(b"hello", mtime=0)[:-9], "a.gz is cut short"),
        ("a.zip", b"PK\3\4", "a.zip is cut short"),
        ("a.png", b"", "a.png is an empty file"),
    ],
)
def test_a_file_that_nobody_reads_is_refused_with_what_it_is(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReaderError, match=said), open_source(tmp_path / name) as files:
        collect(files)


def test_a_source_without_images_says_what_it_holds(tmp_path: Path) -> None:
    documents = zip_of(tmp_path / "a.zip", {"1.txt": b"1", "2.txt": b"2", "3.doc": b"3", "4.png": b"MZ"})
    with open_source(documents) as files, pytest.raises(ReaderError, match=r"holds 2 \.txt, 1 \.doc, 1 \.png and no"):
        collect(files)
    nested = zip_of(tmp_path / "b.zip", {"inner.zip": b"PK\3\4", ".DS_Store": b"x"})
    with open_source(nested) as files, pytest.raises(ReaderError, match="Archives within it, which are not opened"):
        collect(files)
    folder = folder_of(tmp_path / "c", {"one.zip": documents.read_bytes()})
    with open_source(folder) as files, pytest.raises(ReaderError, match=r"archives such as one\.zip; import these"):
        collect(files)


@pytest.mark.parametrize("path", ["nothing here", "with\0zero", "x" * 5_000])
def test_a_path_that_leads_nowhere_is_told(path: str, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="look at the path again"):
        open_source(tmp_path / path)


@cache
def archive(which: int) -> bytes:
    samples = {f"{row}.{kind}": content for row in range(3) for kind, content in (("png", picture(row)), ("cls", b"1"))}
    makers: list[Callable[[Path], Path]] = [
        lambda path: zip_of(path, FILES),
        lambda path: zip_of(path, FILES, zipfile.ZIP_STORED),
        lambda path: tar_of(path, FILES),
        *(partial(tar_of, files=FILES, mode=f"w:{kind}") for kind in ("gz", "bz2", "xz")),
        lambda path: tar_of(path, samples),
    ]
    with tempfile.TemporaryDirectory() as folder:
        return makers[which](Path(folder) / "a").read_bytes()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files, which is empty again at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.mark.fuzz
@fuzzed(few=150, many=3_000)
@given(
    st.integers(0, 6),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=8)), max_size=4),
    st.sampled_from([1.0, 1.0, 0.99, 0.7, 0.2]),
)
def test_an_archive_that_was_changed_anywhere_is_read_or_refused(
    temporary: Path, which: int, changes: list[tuple[float, bytes]], share: float
) -> None:
    content = archive(which)
    for place, patch in changes:
        at = int(place * len(content))
        content = content[:at] + patch + content[at + len(patch) :]
    path = temporary.with_name("a")
    path.write_bytes(content[: int(len(content) * share)])
    try:
        with open_source(path) as files:
            found = collect(files)
            images = list(found.read(range(found.count)))
            for image in images:
                assert isinstance(image, np.ndarray) or str(image).endswith(".")
            assert found.labels is None or len(found.labels) == found.count == len(images)
            hypothesis.event(f"read {sum(isinstance(image, UnreadableImageError) for image in images) > 0}")
    except ReaderError as error:
        assert str(error).endswith(".")
        assert "\n" not in str(error)
        hypothesis.event("refused")
