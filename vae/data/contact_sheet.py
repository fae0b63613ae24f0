"""A contact sheet: pictures of any sizes, small, side by side."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

EMPTY = 110  # grey of the ground, which tells small pictures from it
SQUARES = (150, 190)  # greys of the squares under transparent parts


def contact_sheet(pictures: Sequence[np.ndarray | None], side: int, columns: int, *, gap: int = 2) -> np.ndarray:
    """Arrange pictures uint8 (H, W[, 3 or 4]), each as large as fits into a square, in one (height, width, 3).

    Args:
        pictures: None leaves a place empty.
        side: of the squares, in pixels.
    """
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * (side + gap) - gap, columns * (side + gap) - gap, 3), EMPTY, np.uint8)
    for place, picture in enumerate(pictures):
        if picture is None:
            continue
        small = thumbnail(picture, side)
        high, wide = small.shape[:2]
        top = place // columns * (side + gap) + (side - high) // 2
        left = place % columns * (side + gap) + (side - wide) // 2
        sheet[top : top + high, left : left + wide] = small
    return sheet


def thumbnail(picture: np.ndarray, side: int) -> np.ndarray:
    """Make a picture as large as fits into a square: uint8 (H, W, 3). Enlarged, its pixels stay square."""
    high, wide = picture.shape[:2]
    factor = side / max(high, wide)
    size = max(1, round(wide * factor)), max(1, round(high * factor))
    how = Image.Resampling.NEAREST if factor >= 1 else Image.Resampling.BOX
    image = Image.fromarray(picture).resize(size, how)
    if image.mode != "RGBA":
        return np.asarray(image.convert("RGB"))
    places = np.indices((size[1], size[0])).sum(0) // 8 % 2
    ground = Image.fromarray(np.asarray(SQUARES, np.uint8)[places]).convert("RGBA")
    return np.asarray(Image.alpha_composite(ground, image).convert("RGB"))
