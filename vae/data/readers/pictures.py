"""Decode picture files in a closed list of formats into the values that they hold, within a bound on memory."""

import io
import warnings

from PIL import Image

from vae.data.picture_file import FORMATS
from vae.data.readers.collection import Stored, UnreadableImageError
from vae.data.readers.listing import shown
from vae.data.readers.pixel_values import values
from vae.data.readers.tiff import Tiff, is_tiff

MOST_BYTES = 100_000_000  # of a file; the best camera's is smaller
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
LIST = "PNG, JPEG, GIF, BMP, WebP or TIFF"  # the formats, as a sentence names them

_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # bytes of what follows the file's own header
_BEGINNINGS = {
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript document",
    b"\xc5\xd0\xd3\xc6": "a PostScript document",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"PK\3\4": "a zip archive",
    b"\x1f\x8b": "a gzip file",
    b"Rar!": "a RAR archive",
    b"8BPS": "a Photoshop document",
    b"version https://git-lfs": "the pointer that Git keeps in the place of a large file",
    b"<svg": "an SVG drawing",
    b"<": "a web page",
}


def is_picture(head: bytes) -> bool:
    """Tell whether a file with these first bytes, 32 or more, is in one of the formats that are read."""
    return (
        head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"))
        or (head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS)
        or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
        or is_tiff(head)
    )


def kind(head: bytes) -> str:
    """Say what a file with these first bytes is rather than a picture."""
    if head[4:8] == b"ftyp":
        return "a film, or a HEIC or AVIF picture"
    if not head.strip(b"\0"):
        return "an empty file"
    head = head.lstrip().removeprefix(b"\xef\xbb\xbf")
    return next((told for mark, told in _BEGINNINGS.items() if head.startswith(mark)), "a file of another kind")


def decode(content: bytes, name: str) -> Stored:
    """Decode a picture file, turned as its camera recorded; of an animation or a stack the first image is read.

    Grey pictures become (H, W), colours (H, W, 3), both with transparency (H, W, 4): uint8, or uint16, int32 or float32
    where the file has more bits. A picture that has `WORKED_ON` pixels several times along its longer side is reduced
    by a whole factor, which no model's image shows. No picture needs more than 500 MB of memory.

    Raises:
        UnreadableImageError: for a file that is no picture, is damaged, or has too many bytes or pixels.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableImageError(too_many_bytes(name))
    try:
        with warnings.catch_warnings():
            # What Pillow only warns of is refused here or of no consequence, and nobody reads a server's terminal.
            warnings.simplefilter("ignore")
            if is_tiff(content[:4]):
                return Tiff(io.BytesIO(content)).page(0, name)
            return values(Image.open(io.BytesIO(content), formats=FORMATS), name)
    except UnreadableImageError:
        raise
    except Image.DecompressionBombError as error:
        raise UnreadableImageError(f"{shown(name)} has far too many pixels; save it smaller.") from error
    # A damaged file may fail in any decoder, and each decoder raises errors of its own.
    except Exception as error:
        if is_picture(content[:32]):
            raise UnreadableImageError(f"{shown(name)} is damaged; save it again.") from error
        told = f"{shown(name)} is no picture but {kind(content[:64])}; choose {LIST} files."
        raise UnreadableImageError(told) from error


def too_many_bytes(name: str) -> str:
    """Say that a picture's file is too large."""
    return f"{shown(name)} has more than {MOST_BYTES / 1e6:.0f} MB; save it smaller."
