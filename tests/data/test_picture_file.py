"""Any file is read within a bound on memory, or refused in a sentence."""

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
from vae.data.picture_file import FORMATS, MOST_PIXELS, PictureError, read_picture

SQUARE = rectangle((60, 30, 120, 250))


@pytest.mark.parametrize("kind", FORMATS)
def test_every_usual_format_is_read(kind: str) -> None:
    found = read_picture(file(SQUARE, kind))
    assert np.abs(found.grey - SQUARE).mean() < 0.02
    assert np.abs(found.shown[..., 0] / 255 - found.grey).max() < 0.01
    assert found.scaled_from is None


def test_sixteen_bits_are_scaled_by_percentiles_and_it_is_said() -> None:
    narrow = read_picture(file(Image.fromarray((SQUARE * 3_000 + 30_000).astype(np.uint16))))
    assert np.abs(narrow.grey - SQUARE).max() == 0
    assert narrow.scaled_from == (30_000, 33_000)
    values = (SQUARE * 3_500 + 300).astype(np.uint16)
    values[5, 5] = 65_535
    hot = read_picture(file(Image.fromarray(values)))
    assert hot.scaled_from == (300, 3_800)
    assert np.abs(hot.grey - SQUARE).sum() == 1  # the hot pixel is white, as the square is


def test_a_large_picture_is_scaled_down_and_turned_as_its_camera_says() -> None:
    drawn = Image.fromarray((rectangle((300, 150, 600, 1_250), 1_400) * 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # the picture's top is at the right
    for content in (
        file(drawn, "JPEG", exif=exif),
        file(drawn, "PNG", exif=exif),
        file(drawn.convert("RGB"), "WEBP", exif=exif),
    ):
        grey = read_picture(content).grey
        assert max(grey.shape) <= 1_024
        rows, columns = (np.flatnonzero((grey > 0.5).any(axis)) / len(grey) for axis in (1, 0))
        assert [rows[0], rows[-1], columns[0], columns[-1]] == pytest.approx(
            [300 / 1400, 600 / 1400, 150 / 1400, 1250 / 1400], abs=0.01
        )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell the peak in other ways")
@pytest.mark.parametrize("kind", ["16 bits", "progressive CMYK"])
def test_no_picture_takes_more_than_500_mb(kind: str, tmp_path) -> None:
    side = int(MOST_PIXELS**0.5)
    large = (
        png(side, side, 16, 0)
        if kind == "16 bits"
        else file(Image.new("CMYK", (side, side)), "JPEG", progressive=True, subsampling=0, quality=10)
    )
    for name, content in (("small", file(SQUARE)), ("large", large)):
        (tmp_path / name).write_bytes(content)
    imports = "from vae.data.picture_file import read_picture"
    read = "lambda path: read_picture(path.read_bytes())"
    assert extra_megabytes(imports, read, tmp_path / "small", tmp_path / "large") < 500


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no picture"),
        (b"%PDF-1.7 not a picture", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "no picture"),
        (png(12_000, 12_000, 1, 0), "12,000 × 12,000 pixels"),
        (png(40_000, 10, 1, 0), "30,000 along a side"),
        (png(60_000, 60_000, 1, 0)[:200], "too many pixels"),
        (bytes(11 * 2**20), "11.0 MiB"),
        (file(SQUARE)[:150], "damaged"),
        (file(SQUARE, "JPEG")[:600], "damaged"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        read_picture(content)


def test_the_size_is_refused_before_any_pixel_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *_: pytest.fail("pixels were decoded"))
    with pytest.raises(PictureError, match="pixels, more than"):
        read_picture(png(12_000, 12_000, 1, 0))
    with pytest.raises(PictureError, match=r"more than the 0\.5 million"):
        read_picture(png(1_000, 1_000, 1, 0), most_pixels=500_000)


def samples() -> list[bytes]:
    """A file of every format and of the modes that are read in ways of their own."""
    grey = Image.fromarray((rectangle((5, 3, 9, 20), 24) * 255).astype(np.uint8))
    deep = Image.fromarray(np.arange(576, dtype=np.uint16).reshape(24, 24) * 100)
    clear = Image.merge("LA", [grey, grey])
    exif = Image.Exif()
    exif[0x0112] = 6
    return [
        *(file(grey, kind) for kind in FORMATS),
        *(file(one, "PNG") for one in (deep, clear, grey.convert("P"), grey.convert("1"))),
        file(grey.convert("RGB"), "JPEG", progressive=True, exif=exif),
        file(grey.convert("CMYK"), "JPEG"),
        file(clear.convert("RGBA"), "WEBP", lossless=True, exif=exif),
        file(grey, "GIF", save_all=True, append_images=[grey.rotate(90)]),
        file(clear.convert("RGBA"), "WEBP", save_all=True, append_images=[clear.convert("RGBA").rotate(90)]),
    ]


SAMPLES = samples()
MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.sampled_from(["set", "cut", "insert", "end"]), st.binary(max_size=6)
    ),
    max_size=4,
)


def mutated(content: bytes, mutations: list[tuple[float, str, bytes]]) -> bytes:
    """Change a file at places given as shares of its length, but not where its kind is told."""
    for place, kind, patch in mutations:
        at = 12 + int(place * (len(content) - 12))
        if kind == "end":
            content = content[: max(at, len(content) // 2)]
        else:
            content = content[:at] + (b"" if kind == "cut" else patch) + content[at + (kind != "insert") * len(patch) :]
    return mended(content)


def read_or_refused(content: bytes) -> None:
    try:
        found = read_picture(content)
    except PictureError as error:
        words = str(error)
        assert words.endswith(".")
        hypothesis.event(
            "refused: " + next(kind for kind in ("damaged", "no picture", "pixels", "MiB") if kind in words)
        )
    else:
        assert found.grey.dtype == np.float32
        assert 0 <= found.grey.min() <= found.grey.max() <= 1
        assert found.shown.shape == (*found.grey.shape, 3)
        hypothesis.event("accepted")


@pytest.mark.fuzz
@fuzzed(few=300, many=3_000)
@given(st.sampled_from(SAMPLES), MUTATIONS)
def test_a_file_that_was_changed_anywhere_is_read_or_refused(content: bytes, mutations: list) -> None:
    read_or_refused(mutated(content, mutations))


@pytest.mark.fuzz
@fuzzed(few=300, many=1_000)
@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "]),
    st.binary(),
)
def test_any_bytes_are_read_or_refused(begin: bytes, rest: bytes) -> None:
    read_or_refused(begin + rest)
