"""A TIFF file of several pages is a stack of images, which keeps its bits."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae.data.readers.collection import UnreadableImageError
from vae.data.readers.files import Options
from vae.data.readers.folder_files import FolderFiles
from vae.data.readers.pictures import decode
from vae.data.readers.tiff_stack import recognised

PAGES = [np.arange(80, dtype=np.uint16).reshape(8, 10) * 500 + 1_000 * page for page in range(5)]


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    first, *others = map(Image.fromarray, PAGES)
    first.save(tmp_path / "stack.dat", "TIFF", save_all=True, append_images=others)
    return tmp_path / "stack.dat"


def without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tifffile", None)


@pytest.mark.parametrize("library", [False, True])
def test_pages_are_images_of_sixteen_bits(library: bool, stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if library:
        pytest.importorskip("tifffile")
    else:
        without_the_library(monkeypatch)
    found = recognised(FolderFiles(stack), Options())
    assert found is not None
    assert (found.count, found.name_of(4), found.labels) == (5, "page 5", None)
    for row, image in zip((1, 4), found.read((1, 4)), strict=True):
        assert isinstance(image, np.ndarray)
        assert image.dtype == np.uint16
        assert np.array_equal(image, PAGES[row])


def test_one_page_or_a_page_among_other_files_is_no_stack(stack: Path) -> None:
    Image.fromarray(PAGES[0]).save(stack.parent / "one.tif")
    assert recognised(FolderFiles(stack.parent / "one.tif"), Options()) is None
    assert recognised(FolderFiles(stack.parent), Options()) is None


def test_a_stack_that_is_cut_short_tells_which_pages_cannot_be_read(
    stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_library(monkeypatch)
    content = bytearray(stack.read_bytes())
    files = FolderFiles(stack)
    found = recognised(files, Options())
    assert found is not None
    stack.write_bytes(content[: len(content) * 3 // 5])
    images = list(found.read(range(5)))
    assert isinstance(images[0], np.ndarray)
    assert isinstance(images[4], UnreadableImageError)
    assert "page 5 is damaged, or a TIFF file of a kind" in str(images[4])


def deep_colours() -> bytes:
    """A TIFF file of 16-bit RGB values, of which Pillow would keep the upper eight bits."""
    tifffile = pytest.importorskip("tifffile")
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.stack([PAGES[0]] * 3, -1), photometric="rgb")
    return buffer.getvalue()


def test_colours_of_sixteen_bits_are_kept_by_the_library() -> None:
    found = decode(deep_colours(), "a.tif")
    assert found.dtype == np.uint16
    assert np.array_equal(found, np.stack([PAGES[0]] * 3, -1))


def test_a_kind_that_needs_the_library_names_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bits = b"\x08\0\x08\0\x08\0"
    content = bytearray(_tiff_of_colours())
    at = content.index(bits)
    content[at : at + 6] = b"\x10\0\x10\0\x10\0"
    without_the_library(monkeypatch)
    with pytest.raises(UnreadableImageError, match=r"pip install -r requirements-images\.txt"):
        decode(bytes(content), "a.tif")


def _tiff_of_colours() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((8, 10, 3), np.uint8)).save(buffer, "TIFF")
    return buffer.getvalue()
