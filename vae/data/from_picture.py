"""Turn a drawing or a picture file into an image like those of the data set, the way MNIST was made."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from vae.data.ink import FAINT, Box, find_ink
from vae.data.picture_file import Picture, read_picture

FITTED = 20 / 28  # share of the image's side that MNIST's digits were fitted into
CANVAS_BYTES, CANVAS_PIXELS = 200_000, 500_000  # several times what the canvas sends


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture converted into an image like those of the data set."""

    image: Tensor  # uint8 (1, C, H, W)
    inverted: bool  # whether the picture was dark on light
    box: Box  # what of the picture was taken
    doubts: tuple[str, ...] = ()  # sentences that say why this may be the wrong part of the picture


def prepare_file(content: bytes, image_shape: Sequence[int]) -> Prepared:
    """Turn a picture file of one thing on a plain ground into an image (C, H, W), light on dark as in MNIST.

    Raises:
        PictureError: when the file cannot be read, or when all of the picture is of one tone.
    """
    return prepare_picture(read_picture(content), image_shape)


def prepare_picture(
    picture: Picture, image_shape: Sequence[int], *, swapped: bool = False, box: Box | None = None
) -> Prepared:
    """Turn a picture of one thing on a plain ground into an image (C, H, W), light on dark as in MNIST.

    `swapped` and `box` correct what `find_ink` would guess: which of dark and light is ink, and where the thing is.

    Raises:
        PictureError: when all of the picture, or of the box, is of one tone.
    """
    ink = find_ink(picture.grey, swapped=swapped, box=box)
    image = centred(ink.strength, image_shape)
    assert image is not None
    return Prepared(image, ink.inverted, ink.box, ink.doubts)


def prepare_drawing(content: bytes, image_shape: Sequence[int]) -> Prepared | None:
    """Turn the canvas, a small PNG file, white on black, into an image (C, H, W); return None for an empty one.

    Raises:
        PictureError: when the file cannot be read, or is larger than what the canvas sends.
    """
    picture = read_picture(content, ("PNG",), CANVAS_BYTES, CANVAS_PIXELS)
    image = centred(picture.grey, image_shape)
    return None if image is None else Prepared(image, inverted=False, box=Box(0, 0, 1, 1))


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
    scale = FITTED * min(height, width) / max(inside.shape)
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
