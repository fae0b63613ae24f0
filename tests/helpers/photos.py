"""Pages that a digit is printed on, as grey values, and the files that pictures come in."""

import io

import numpy as np
from PIL import Image, ImageDraw

SIDE = 600


def page(digit: np.ndarray, share: float = 1 / 3, centre: tuple[float, float] = (0.5, 0.5)) -> np.ndarray:
    """Print a digit, uint8 (28, 28), dark on white, its box of 20 × 20 pixels a share of a page, float32 (600, 600)."""
    large = round(SIDE * share * 28 / 20)
    ink = Image.new("L", (SIDE, SIDE))
    column, row = (round(at * SIDE - large / 2) for at in centre)
    ink.paste(Image.fromarray(digit).resize((large, large), Image.Resampling.BICUBIC), (column, row))
    return 0.95 - 0.85 * np.asarray(ink, np.float32) / 255


def rectangle(box: tuple[int, int, int, int], side: int = 280) -> np.ndarray:
    """Draw a light rectangle (left, top, right, bottom) on black, float32 (side, side)."""
    picture = Image.new("L", (side, side))
    ImageDraw.Draw(picture).rectangle(box, fill=255)
    return np.asarray(picture, np.float32) / 255


def file(picture: Image.Image | np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    """Return the file of a picture, or of grey values in [0, 1]."""
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray((picture.clip(0, 1) * 255).round().astype(np.uint8))
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
