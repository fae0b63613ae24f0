"""The values that an opened picture holds, as an array, reduced where there are far more pixels than a model has."""

import numpy as np
from PIL import Image, ImageOps

from vae.data.picture_file import LONGEST_SIDE, MOST_PIXELS, MOST_PIXELS_OF, STRIP, WORKED_ON
from vae.data.readers.collection import Stored, UnreadableImageError
from vae.data.readers.listing import shown

SHORT_SIDE = 256  # pixels that at least stay of the shorter side


def check_size(width: int, height: int, name: str, kind: str | None = None) -> None:
    """Refuse a picture that would need too much memory.

    Raises:
        UnreadableImageError: naming its size and the bound.
    """
    most = MOST_PIXELS_OF.get(kind or "", MOST_PIXELS)
    if width * height > most or max(width, height) > LONGEST_SIDE:
        raise UnreadableImageError(
            f"{shown(name)} has {width:,} × {height:,} pixels, more than the {most / 1e6:.3g} million, or "
            f"{LONGEST_SIDE:,} along a side, that are read; save it smaller."
        )


def values(picture: Image.Image, name: str) -> Stored:
    """Return a picture's values, turned as its camera recorded: (H, W), (H, W, 3) or, with transparency, (H, W, 4).

    They are uint8, or uint16, int32 or float32 where the picture has more bits.

    Raises:
        UnreadableImageError: for too many pixels.
    """
    check_size(*picture.size, name, picture.format)
    wanted, exif = _mode(picture), picture.info.get("exif")
    factor = factor_of(*picture.size)
    picture.draft(None, (picture.width // factor, picture.height // factor))  # a JPEG is decoded at a fraction
    factor = factor_of(*picture.size)
    rows = max(1, STRIP // factor) * factor if factor > 1 else picture.height
    found = np.concatenate([_strip(picture, top, rows, wanted, factor) for top in range(0, picture.height, rows)])
    if exif is None:
        return found
    small = Image.fromarray(found)
    small.info["exif"] = exif
    return np.asarray(ImageOps.exif_transpose(small))


def factor_of(width: int, height: int) -> int:
    """Return by which whole factor a picture is reduced: it keeps `WORKED_ON` pixels of its longer side or more."""
    return max(1, min(max(width, height) // WORKED_ON, min(width, height) // SHORT_SIDE))


def reduced(array: np.ndarray, factor: int) -> np.ndarray:
    """Average squares of an array (H, W, ...) of any number type; rows and columns that make no square are left out."""
    if factor == 1:
        return array
    height, width = (side // factor for side in array.shape[:2])
    squares = array[: height * factor, : width * factor].reshape(height, factor, width, factor, *array.shape[2:])
    found = squares.mean(axis=(1, 3), dtype=np.float64)
    return (found if array.dtype.kind == "f" else found.round()).astype(array.dtype)


def _mode(picture: Image.Image) -> str:
    if picture.mode.startswith(("I", "F")):
        return picture.mode
    if picture.has_transparency_data:
        return "RGBA"
    return "L" if picture.mode in ("1", "L") else "RGB"


def _strip(picture: Image.Image, top: int, rows: int, mode: str, factor: int) -> np.ndarray:
    bottom = min(top + rows, picture.height)
    part = picture.crop((0, top, picture.width, bottom)) if factor > 1 else picture
    if mode.startswith(("I", "F")):
        array = np.asarray(part)
        deep = array.astype(np.uint16) if mode == "I" and picture.format == "PNG" else array
        return reduced(deep.astype(deep.dtype.newbyteorder("="), copy=False), factor)
    return np.asarray(part.convert(mode).reduce(factor) if factor > 1 else part.convert(mode))
