"""Read a picture file of any size and depth as grey values, within a bound on memory."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from vae.errors import VaeError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")  # Pillow hands some other formats to programs of the system
SUFFIXES = ("png", "jpg", "jpeg", "webp", "bmp", "gif")  # of files in these formats
MOST_BYTES = 10 * 2**20
MOST_PIXELS = 50_000_000  # as many as a good camera takes
MOST_PIXELS_OF = {"WEBP": 24_000_000}  # its decoder holds four copies of a picture at once
LONGEST_SIDE = 30_000  # so that strips are small
WORKED_ON = 1_024  # pixels along the longer side, to which a larger picture is scaled down
STRIP = 256  # rows, about, that are converted at once: more than one copy of a whole picture is never made
BEYOND = 0.1  # per cent of the pixels at either end of a 16-bit picture's values that are clipped


class PictureError(VaeError):
    """A picture that cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture file's content, at most `WORKED_ON` pixels along its longer side."""

    grey: np.ndarray  # float32 (height, width) in [0, 1]
    shown: np.ndarray  # uint8 (height, width, 3), the same in colour
    scaled_from: tuple[int, int] | None = None  # the values that became black and white, of a picture of 16 bits


def read_picture(
    content: bytes,
    formats: Sequence[str] = FORMATS,
    most_bytes: int = MOST_BYTES,
    most_pixels: int = MOST_PIXELS,
) -> Picture:
    """Read a picture file in one of `formats`; no file needs more than 500 MB of memory.

    The picture is turned as its camera recorded; of an animation the first frame is read. Transparent parts are filled
    with white if the opaque parts are dark on average, and with black otherwise. Values of more than 8 bits are scaled
    so that `BEYOND` per cent of the pixels lie below black and as many above white.

    Raises:
        PictureError: for a file that is no picture, is damaged, or has too many bytes or pixels, and nothing else.
    """
    if len(content) > most_bytes:
        raise PictureError(
            f"The file has {len(content) / 2**20:.1f} MiB, more than the {most_bytes / 2**20:.3g} MiB that are read; "
            "save it smaller."
        )
    try:
        with warnings.catch_warnings():
            # What Pillow only warns of is refused here or of no consequence, and nobody reads a server's terminal.
            warnings.simplefilter("ignore")
            return _decoded(content, formats, most_pixels)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError("The picture has far too many pixels for its file; save it smaller.") from error
    except UnidentifiedImageError as error:
        raise PictureError("That file is no picture; choose a PNG, JPEG, WebP, BMP or GIF file.") from error
    # A damaged file may fail in any decoder, and each decoder raises errors of its own.
    except Exception as error:
        raise PictureError("The picture is damaged; save it again, or choose another.") from error


def _decoded(content: bytes, formats: Sequence[str], most_pixels: int) -> Picture:
    picture = Image.open(io.BytesIO(content), formats=tuple(formats))  # reads the header alone
    width, height = picture.size
    most = min(most_pixels, MOST_PIXELS_OF.get(picture.format or "", most_pixels))
    if width * height > most or max(width, height) > LONGEST_SIDE:
        raise PictureError(
            f"The picture has {width:,} × {height:,} pixels, more than the {most / 1e6:.3g} million, or "
            f"{LONGEST_SIDE:,} along a side, that are read; save it smaller."
        )
    picture.draft(None, (WORKED_ON, WORKED_ON))  # a JPEG is decoded at a fraction of its size
    small = _scaled_down(picture)
    if "exif" in picture.info:
        small.info["exif"] = picture.info["exif"]
    small = ImageOps.exif_transpose(small)
    return _of_many_bits(small) if small.mode == "F" else _of_eight_bits(small)


def _scaled_down(picture: Image.Image) -> Image.Image:
    """Return a picture in mode F if it has more than 8 bits, else in mode RGBA, scaled down to `WORKED_ON` pixels."""
    factor = max(1, max(picture.size) // WORKED_ON)
    rows = max(1, STRIP // factor) * factor
    strips = [
        np.asarray(_converted(picture.crop((0, top, picture.width, min(top + rows, picture.height)))).reduce(factor))
        for top in range(0, picture.height, rows)
    ]
    small = Image.fromarray(np.concatenate(strips))
    small.thumbnail((WORKED_ON, WORKED_ON), Image.Resampling.BILINEAR)
    return small


def _converted(strip: Image.Image) -> Image.Image:
    if strip.mode.startswith(("I", "F")):  # 16 bits and more, which Pillow would clip to 8
        return Image.fromarray(np.asarray(strip, np.float32))
    return strip.convert("RGBA")


def _of_many_bits(small: Image.Image) -> Picture:
    values = np.asarray(small)
    black, white = (float(value) for value in np.percentile(values, [BEYOND, 100 - BEYOND]))
    grey = ((values - black) / max(white - black, 1.0)).clip(0, 1).astype(np.float32)
    eight = (grey * 255).round().astype(np.uint8)
    return Picture(grey, np.stack([eight] * 3, -1), (round(black), round(white)))


def _of_eight_bits(small: Image.Image) -> Picture:
    alpha = np.asarray(small.getchannel("A"), np.float32) / 255
    grey = np.asarray(small.convert("L"), np.float32) / 255
    colours = np.asarray(small.convert("RGB"), np.float32)
    opaque = float(alpha.sum())
    ground = 1.0 if 0 < opaque < alpha.size and float((grey * alpha).sum()) / opaque < 0.5 else 0.0
    over = colours * alpha[..., None] + 255 * ground * (1 - alpha[..., None])
    return Picture(grey * alpha + ground * (1 - alpha), over.round().astype(np.uint8))
