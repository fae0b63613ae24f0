"""A drawing or a picture file made into an image like those of the data set, the way MNIST was made."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")  # Pillow would give others to programs of the system
SUFFIXES = ("png", "jpg", "jpeg", "webp", "bmp", "gif")  # of files in these
MOST_BYTES = 10 * 2**20
MOST_PIXELS = 50_000_000  # of a picture: as many as a good camera takes, and 200 MB in memory
WORKED_ON = 1_024  # pixels along the longer side, to which a larger picture is brought
BOX = 20 / 28  # of the image's side: what MNIST's digits were fitted into
FAINT = 0.1  # of the range from ground to ink: less is paper, not ink
LEAST_CONTRAST = 0.1  # of the range from black to white


class PictureError(Exception):
    """A picture that cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture as an image of the data set's kind."""

    image: Tensor  # uint8 (1, C, H, W)
    inverted: bool  # whether it was dark on light


def read_picture(content: bytes) -> np.ndarray:
    """A picture file in one of `FORMATS` → grey values float32 (height, width) in [0, 1].

    Turned as its camera says, of a film the first frame, transparent parts filled with the side of grey that its
    opaque parts are not on.

    Raises:
        PictureError: for what is no picture, is damaged, or has too many bytes or pixels.
    """
    if len(content) > MOST_BYTES:
        raise PictureError(
            f"The file has {len(content) / 2**20:.0f} MiB, more than the {MOST_BYTES // 2**20} MiB that are read; "
            "save it smaller."
        )
    try:
        with warnings.catch_warnings():
            # Pillow's own limit on pixels warns; ours, which is lower, raises.
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
    # A damaged file may fail in any decoder, each of which has errors of its own.
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
    """A picture file of one thing on a plain ground → an image (C, H, W) of that, light on dark as MNIST is.

    The ground is the median of the picture's edge; where it is the lighter of the two, the picture is inverted.

    Raises:
        PictureError: when it cannot be read, or when all of it is of one tone.
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
    """The canvas, white on black, as a picture file → an image (C, H, W); None where nothing is drawn on it.

    Raises:
        PictureError: when it cannot be read.
    """
    image = centred(read_picture(content), image_shape)
    return None if image is None else Prepared(image, inverted=False)


def centred(ink: np.ndarray, image_shape: Sequence[int]) -> Tensor | None:
    """Ink float (height, width) in [0, 1] on nothing → an image uint8 (1, C, H, W); None where there is no ink.

    As MNIST was made (LeCun, Bottou, Bengio & Haffner 1998, section III.A): what is drawn is fitted into 20 × 20 of
    28 × 28 pixels (of other sizes the same share) with its aspect ratio kept, antialiased, and moved by whole pixels
    until its centre of mass is in row and column 14, counted from 0, where that of MNIST's images is, or as near to it
    as leaves all of it inside. Every channel is alike.
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
    """Where a box with this profile of ink begins, so that its centre of mass is in the middle of a side."""
    middle = float((profile * np.arange(len(profile))).sum() / profile.sum())
    return int(np.clip(round(side / 2 - middle), 0, side - len(profile)))
