"""Pictures made of arrays of images: tiles, PNG files, GIFs and filmstrips."""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image


def tile(images: np.ndarray, columns: int, *, scale: int = 3, gap: int = 1) -> np.ndarray:
    """Arrange images uint8 (N, C, H, W) in one picture (height, width) or (height, width, 3), `columns` to a row.

    Every pixel is repeated `scale` times each way, and `gap` grey pixels lie between images.
    """
    count, channels, height, width = images.shape
    rows = -(-count // columns)
    canvas = np.full((rows * columns, channels, height + gap, width + gap), 110, np.uint8)
    canvas[:count, :, :height, :width] = images
    canvas[count:, :, :height, :width] = 0
    grid = canvas.reshape(rows, columns, channels, height + gap, width + gap).transpose(0, 3, 1, 4, 2)
    picture = grid.reshape(rows * (height + gap), columns * (width + gap), channels)[: -gap or None, : -gap or None]
    picture = picture.repeat(scale, axis=0).repeat(scale, axis=1)
    return picture[..., 0] if channels == 1 else picture


def data_uri(picture: np.ndarray, scale: int = 3) -> str:
    """Encode a picture uint8 (H, W) or (H, W, 3) as the data URI of a PNG file, each pixel repeated `scale` times."""
    buffer = io.BytesIO()
    # Browsers smooth what they enlarge, and these pictures are there to show single pixels.
    Image.fromarray(picture.repeat(scale, axis=0).repeat(scale, axis=1)).save(buffer, format="PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def to_gif(frames: Sequence[np.ndarray], milliseconds: int = 80, scale: int = 6) -> bytes:
    """Encode pictures uint8 (H, W) or (H, W, 3) as an endless GIF that runs forwards and backwards.

    Every pixel is repeated `scale` times. Grey pictures keep every value; coloured ones are reduced to 256 colours.

    Raises:
        ValueError: when there are no pictures.
    """
    if not len(frames):
        raise ValueError("There are no frames to write.")
    pictures = [Image.fromarray(frame.repeat(scale, axis=0).repeat(scale, axis=1)) for frame in frames]
    pictures += pictures[-2:0:-1]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, format="GIF", save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0, disposal=1
    )
    return buffer.getvalue()


def filmstrip(film: list[np.ndarray]) -> np.ndarray:
    """Join the samples of each epoch, uint8 (N, C, H, W), in one picture (epochs·H, N·W[, 3]) with a row per epoch."""
    rows = [samples.transpose(2, 0, 3, 1).reshape(samples.shape[2], -1, samples.shape[1]) for samples in film]
    picture = np.concatenate(rows)
    return picture[..., 0] if picture.shape[-1] == 1 else picture
