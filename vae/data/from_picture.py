"""Turn a drawing or a picture file into an image like those of the data set, the way MNIST was made."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")  # Pillow hands some other formats to programs of the system
SUFFIXES = ("png", "jpg", "jpeg", "webp", "bmp", "gif")  # of files in these formats
MOST_BYTES = 10 * 2**20
MOST_PIXELS = 50_000_000  # of a picture: as many as a good camera takes; they need 200 MB of memory
WORKED_ON = 1_024  # pixels along the longer side, to which a larger picture of 8 bits is scaled down
BOX = 20 / 28  # share of the image's side that MNIST's digits were fitted into
FAINT = 0.1  # share of the range from background to ink; anything fainter is background
LEAST_CONTRAST = 0.1  # share of the range from black to white


class PictureError(Exception):
    """A picture that cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture converted into an image like those of the data set."""

    image: Tensor  # uint8 (1, C, H, W)
    inverted: bool  # whether the picture was dark on light


def read_picture(content: bytes) -> np.ndarray:
    """Read a picture file in one of `FORMATS` as grey values, float32 (height, width) in [0, 1].

    The picture is turned as its camera recorded; of an animation the first frame is read. Transparent parts are filled
    with white if the opaque parts are dark on average, and with black otherwise.

    Raises:
        PictureError: for a file that is no picture, is damaged, or has too many bytes or pixels.
    """
    if len(content) > MOST_BYTES:
        raise PictureError(
            f"The file has {len(content) / 2**20:.0f} MiB, more than the {MOST_BYTES // 2**20} MiB that are read; "
            "save it smaller."
        )
    try:
        with warnings.catch_warnings():
            # Pillow only warns beyond its own limit on pixels; the limit below is lower and raises.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise PictureError(
                f"The picture has {width:,} × {height:,} pixels, more than the {MOST_PIXELS / 1e6:.0f} million that "
                "are read; save it smaller."
            )
        return _grey(ImageOps.exif_transpose(picture))
    except Image.DecompressionBombError as error:
        raise PictureError("The picture has far too many pixels for its file; save it smaller.") from error
    except UnidentifiedImageError as error:
        raise PictureError("That file is no picture; choose a PNG, JPEG, WebP, BMP or GIF file.") from error
    # A damaged file may fail in any decoder, and each decoder raises errors of its own.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        raise PictureError(f"The picture is damaged ({error}); save it again, or choose another.") from error


def _grey(picture: Image.Image) -> np.ndarray:
    if picture.mode.startswith(("I", "F")):  # 16 bits and more, which Pillow would clip to 8
        values = np.asarray(picture, np.float32)
        return (values / max(float(values.max()), 1.0)).clip(0, 1)
    colours = picture.convert("RGBA")
    colours.thumbnail((WORKED_ON, WORKED_ON), Image.Resampling.BILINEAR)
    alpha = np.asarray(colours.getchannel("A"), np.float32) / 255
    grey = np.asarray(colours.convert("L"), np.float32) / 255
    if alpha.min() == 1 or alpha.max() == 0:
        return grey * alpha
    ground = 1.0 if (grey * alpha).sum() / alpha.sum() < 0.5 else 0.0
    return grey * alpha + ground * (1 - alpha)


def prepare_file(content: bytes, image_shape: Sequence[int]) -> Prepared:
    """Turn a picture file of one thing on a plain background into an image (C, H, W), light on dark as in MNIST.

    The background is the median of the picture's edge; if it is lighter than mid-grey, the picture is inverted.

    Raises:
        PictureError: when the file cannot be read, or when all of the picture is of one tone.
    """
    grey = read_picture(content)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = float(np.median(edge))
    inverted = ground > 0.5
    ink = ground - grey if inverted else grey - ground
    if ink.max() < LEAST_CONTRAST:
        raise PictureError(
            "All of the picture is of one tone; choose one with something dark on light, or light on dark."
        )
    ink = (ink / ink.max()).clip(0, 1)
    image = centred(np.where(ink < FAINT, 0, ink), image_shape)
    assert image is not None
    return Prepared(image, inverted)


def prepare_drawing(content: bytes, image_shape: Sequence[int]) -> Prepared | None:
    """Turn the canvas, a picture file, white on black, into an image (C, H, W); return None if nothing is drawn on it.

    Raises:
        PictureError: when the file cannot be read.
    """
    image = centred(read_picture(content), image_shape)
    return None if image is None else Prepared(image, inverted=False)


def centred(ink: np.ndarray, image_shape: Sequence[int]) -> Tensor | None:
    """Fit ink, float (height, width) in [0, 1], into an image uint8 (1, C, H, W); return None if there is no ink.

    This is how MNIST was made (LeCun, Bottou, Bengio & Haffner 1998, section III.A). The ink is fitted into 20 × 20 of
    28 × 28 pixels (the same share of other sizes) with its aspect ratio kept, antialiased, and moved by whole pixels
    until its centre of mass is in row and column 14, counted from 0, where that of MNIST's images is, or as near to it
    as possible with all of the ink inside the image. All channels are equal.
    """
    rows, columns = (np.flatnonzero((ink >= FAINT).any(axis)) for axis in (1, 0))
    if not len(rows):
        return None
    inside = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    channels, height, width = image_shape
    scale = BOX * min(height, width) / max(inside.shape)
    tall, wide = (max(1, round(side * scale)) for side in inside.shape)
    fitted = Image.fromarray(inside.astype(np.float32)).resize((wide, tall), Image.Resampling.BILINEAR)
    values = np.asarray(fitted)
    top, left = (_start(values.sum(1 - axis), side) for axis, side in ((0, height), (1, width)))
    image = np.zeros((height, width), np.float32)
    image[top : top + tall, left : left + wide] = values
    pixels = torch.from_numpy((image * 255).round().clip(0, 255).astype(np.uint8))
    return pixels.expand(1, channels, height, width).contiguous()


def _start(profile: np.ndarray, side: int) -> int:
    """Return where a box with this profile of ink has to begin for its centre of mass to be in the middle of a side."""
    middle = float((profile * np.arange(len(profile))).sum() / profile.sum())
    return int(np.clip(round(side / 2 - middle), 0, side - len(profile)))
