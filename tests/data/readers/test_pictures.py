"""Pictures become the values that they hold, whatever their kind, or are refused in a sentence."""

import sys

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.helpers.fuzzing import fuzzed
from tests.helpers.peak import extra_megabytes
from tests.helpers.photos import file, rectangle
from tests.helpers.pngs import mended, png
from vae.data.picture_file import FORMATS, MOST_PIXELS
from vae.data.readers.collection import UnreadableImageError
from vae.data.readers.pictures import decode, is_picture

GREY = (rectangle((5, 3, 9, 20), 24) * 255).astype(np.uint8)
COLOUR = np.stack([GREY, GREY // 2, 255 - GREY], -1)
DEEP = np.arange(576, dtype=np.uint16).reshape(24, 24) * 113
LOSSLESS = ("PNG", "BMP", "GIF", "TIFF", "WEBP")


@pytest.mark.parametrize("kind", [*FORMATS, "TIFF"])
def test_every_format_is_read(kind: str) -> None:
    found = decode(file(Image.fromarray(GREY), kind, **({"lossless": True} if kind == "WEBP" else {})), "a")
    assert found.dtype == np.uint8
    grey = found if found.ndim == 2 else found[..., 0]
    assert np.abs(grey.astype(int) - GREY).max() <= (40 if kind == "JPEG" else 0)


@pytest.mark.parametrize(
    ("picture", "kind", "expected"),
    [
        (Image.fromarray(COLOUR), "PNG", COLOUR),
        (Image.fromarray(COLOUR).convert("P", palette=Image.Palette.ADAPTIVE), "PNG", COLOUR),
        (Image.fromarray(GREY).convert("1"), "PNG", GREY),
        (Image.fromarray(GREY).convert("1"), "TIFF", GREY),
        (Image.fromarray(DEEP), "PNG", DEEP),
        (Image.fromarray(DEEP), "TIFF", DEEP),
        (Image.fromarray(DEEP.astype(np.int32) * 70_000), "TIFF", DEEP.astype(np.int32) * 70_000),
        (Image.fromarray(DEEP.astype(np.float32) / -7), "TIFF", DEEP.astype(np.float32) / -7),
        (Image.merge("LA", [Image.fromarray(GREY)] * 2), "PNG", np.stack([GREY] * 4, -1)),
        (Image.fromarray(np.dstack([COLOUR, GREY])), "PNG", np.dstack([COLOUR, GREY])),
        (Image.fromarray(np.dstack([COLOUR, GREY])), "TIFF", np.dstack([COLOUR, GREY])),
        (Image.fromarray(COLOUR).convert("CMYK"), "TIFF", COLOUR),
    ],
)
def test_every_kind_of_values_is_kept(picture: Image.Image, kind: str, expected: np.ndarray) -> None:
    found = decode(file(picture, kind), "a")
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


def test_transparency_of_a_palette_or_of_one_colour_is_kept() -> None:
    palette = Image.fromarray(GREY).convert("P")
    for content in (
        file(palette, "PNG", transparency=0),
        file(Image.fromarray(GREY), "PNG", transparency=0),
        file(Image.fromarray(COLOUR), "PNG", transparency=(0, 0, 255)),
    ):
        found = decode(content, "a")
        assert found.shape == (24, 24, 4)
        assert np.array_equal(found[..., 3], np.where(GREY == 0, 0, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_camera_says(kind: str, orientation: int) -> None:
    upright = (rectangle((20, 50, 200, 120), 280)[:160] * 255).astype(np.uint8)
    stored = {  # what the camera has written, EXIF 2.32, tag 274
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = decode(file(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif), "a")
    grey = found if found.ndim == 2 else found[..., 0]
    assert grey.shape == upright.shape
    assert np.abs(grey.astype(int) - upright).mean() < 3


def test_of_an_animation_the_first_image_is_read() -> None:
    first, second = Image.fromarray(GREY), Image.fromarray(255 - GREY)
    for kind in ("GIF", "TIFF"):
        found = decode(file(first, kind, save_all=True, append_images=[second]), "a")
        assert np.array_equal(found if found.ndim == 2 else found[..., 0], GREY)


@pytest.mark.parametrize("deep", [False, True])
def test_a_large_picture_is_reduced_by_a_whole_factor(deep: bool) -> None:
    large = np.kron(DEEP if deep else GREY, np.ones((160, 160), np.uint8)).astype(np.uint16 if deep else np.uint8)
    found = decode(file(Image.fromarray(large)), "a")
    assert found.shape == (1_280, 1_280)  # a third
    assert found.dtype == large.dtype
    assert np.array_equal(found[26::53, 26::53][:24, :24], (DEEP if deep else GREY)[:24, :24])
    thin = decode(file(Image.fromarray(np.zeros((2_000, 20_000), np.uint8))), "a")
    assert thin.shape == (286, 2_858)  # a seventh: the short side stays above 256


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no picture but an empty file"),
        (b"%PDF-1.7 not a picture", "is no picture but a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "is no picture but a PostScript"),
        (b"MZ\x90\0\3\0\0\0", "is no picture but a program"),
        (b"\x7fELF\2\1\1", "is no picture but a program"),
        (b"<!DOCTYPE html><html>", "is no picture but a web page"),
        (b"\0\0\0\x18ftypheic", "is no picture but a film, or a HEIC"),
        (b"P5 24 24 255\n" + GREY.tobytes(), "is no picture but a file of another kind"),
        (png(12_000, 9_000, 1, 0), "12,000 × 9,000 pixels"),
        (png(40_000, 10, 1, 0), "30,000 along a side"),
        (png(60_000, 60_000, 1, 0)[:200], "far too many pixels"),
        (file(GREY / 255)[:50], "is damaged"),
        (file(GREY / 255, "JPEG")[:400], "is damaged"),
        (file(GREY / 255, "TIFF")[:600], "is damaged"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableImageError, match=said) as refused:
        decode(content, "cats/1.png")
    assert str(refused.value).startswith("cats/1.png ")
    assert str(refused.value).endswith(".")


def test_the_size_is_refused_before_any_pixel_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *_: pytest.fail("pixels were decoded"))
    with pytest.raises(UnreadableImageError, match="pixels, more than"):
        decode(png(12_000, 12_000, 1, 0), "a")
    monkeypatch.setattr("vae.data.readers.pictures.MOST_BYTES", 10)
    with pytest.raises(UnreadableImageError, match="more than 0 MB"):
        decode(file(GREY / 255), "a")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell the peak in other ways")
@pytest.mark.parametrize(
    "kind", ["16 bits", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("colours", "progressive CMYK"))]
)
def test_no_picture_takes_more_than_500_mb(kind: str, tmp_path) -> None:
    side = int(MOST_PIXELS**0.5)
    large = {
        "16 bits": lambda: png(side, side, 16, 0),
        "colours": lambda: png(side, side, 8, 6),
        "progressive CMYK": lambda: file(
            Image.new("CMYK", (side, side)), "JPEG", progressive=True, subsampling=0, quality=10
        ),
    }[kind]()
    for name, content in (("small", file(GREY / 255)), ("large", large)):
        (tmp_path / name).write_bytes(content)
    imports = "from vae.data.readers.pictures import decode"
    read = 'lambda path: decode(path.read_bytes(), "a")'
    assert extra_megabytes(imports, read, tmp_path / "small", tmp_path / "large") < 500


def samples() -> list[bytes]:
    """A file of every format, and of the kinds that are read in ways of their own."""
    grey, exif = Image.fromarray(GREY), Image.Exif()
    exif[0x0112] = 6
    return [
        *(file(grey, kind) for kind in (*FORMATS, "TIFF")),
        *(file(one) for one in (Image.fromarray(DEEP), grey.convert("P"), grey.convert("1"), Image.fromarray(COLOUR))),
        *(file(Image.fromarray(DEEP), "TIFF", compression=each) for each in ("tiff_lzw", "tiff_deflate")),
        file(Image.fromarray(COLOUR), "JPEG", progressive=True, exif=exif),
        file(Image.fromarray(COLOUR).convert("CMYK"), "JPEG"),
        file(grey, "GIF", save_all=True, append_images=[grey.rotate(90)]),
    ]


SAMPLES = samples()
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), max_size=4)


@pytest.mark.fuzz
@fuzzed(few=300, many=3_000)
@given(st.sampled_from(SAMPLES), CHANGES, st.floats(0.3, 1))
def test_a_file_that_was_changed_anywhere_is_read_or_refused(content: bytes, changes: list, share: float) -> None:
    for place, patch in changes:
        at = 4 + int(place * (len(content) - 4))
        content = content[:at] + patch + content[at + len(patch) :]
    content = mended(content[: int(len(content) * share)])
    try:
        found = decode(content, "a")
    except UnreadableImageError as error:
        assert str(error).endswith(".")
        hypothesis.event("refused")
    else:
        assert found.ndim == 2 or found.shape[2] in (3, 4)
        assert is_picture(content[:32])
        hypothesis.event("read")


@pytest.mark.fuzz
@fuzzed(few=200, many=1_000)
@given(st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF89a", b"II*\0", b"MM\0*"]), st.binary())
def test_any_bytes_are_read_or_refused(begin: bytes, rest: bytes) -> None:
    try:
        decode(begin + rest, "a")
    except UnreadableImageError as error:
        assert str(error).endswith(".")
