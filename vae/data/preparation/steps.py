"""A stored image prepared for a model: ground, values, channels, proportions and size, one step after another."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from vae.data.preparation.settings import Preparation
from vae.data.preparation.values import checked, scaled, strips
from vae.data.readers.collection import Stored


def prepare(stored: Stored, preparation: Preparation, name: str = "The image") -> np.ndarray:
    """Prepare a stored image as a model's image: uint8 (C, H, W).

    Args:
        name: of the image, with which an error begins.

    Raises:
        UnreadableImageError: for a shape, a type or values that no image has.
    """
    *_, (_, image) = _passes(stored, preparation, name)
    return np.ascontiguousarray(image.transpose(2, 0, 1) if image.ndim == 3 else image[None])


def steps(stored: Stored, preparation: Preparation, name: str = "The image") -> list[tuple[str, np.ndarray]]:
    """Return what becomes of a stored image after every step, with the step's title, for the screen.

    The titles depend on the preparation alone. Images are uint8 (H, W), (H, W, 3) or, before the ground is filled in,
    (H, W, 4); values that are not scaled yet are shown from their least to their greatest one.

    Raises:
        UnreadableImageError: as `prepare` raises it.
    """
    return [(title, _visible(image)) for title, image in _passes(stored, preparation, name)]


def _passes(stored: Stored, preparation: Preparation, name: str) -> Iterator[tuple[str, np.ndarray]]:
    values = checked(stored, name)
    yield "Decoded", values
    if values.ndim == 3 and values.shape[2] == 4:
        values = _on_ground(values, preparation)
    ground = "the corner's colour" if preparation.ground == "corner" else preparation.ground
    yield f"Transparent parts on {ground}", values
    image = scaled(values, preparation.low, preparation.high)
    yield "Values scaled", image
    image = _in_channels(image, preparation.colour)
    yield "In colour" if preparation.colour else "In grey", image
    yield from _fitted(image, preparation)


def _on_ground(values: np.ndarray, preparation: Preparation) -> np.ndarray:
    """Lay the colours of values (H, W, 4) with alpha over the ground: (H, W, 3), bytes if they were bytes."""
    whole = _opaque(values)
    ground = np.full(3, preparation.high if preparation.ground == "white" else preparation.low)
    if preparation.ground == "corner":
        rows, columns = np.nonzero(values[..., 3] >= whole)
        if len(rows):  # the first opaque pixel from the upper left
            ground = values[rows[0], columns[0], :3].astype(np.float64)
    found = np.empty((*values.shape[:2], 3), np.uint8 if values.dtype == np.uint8 else np.float64)
    for some, into in zip(strips(values), strips(found), strict=True):
        alpha = (some[..., 3:].astype(np.float64) / whole).clip(0, 1)
        over = some[..., :3] * alpha + ground * (1 - alpha)
        into[:] = over.round().clip(0, 255) if found.dtype == np.uint8 else over
    return found


def _opaque(values: np.ndarray) -> float:
    """Return the alpha of an opaque pixel: 1, 255 or 65,535, the first that no alpha of an image (H, W, 4) exceeds."""
    most = float(values[..., 3].max())
    if values.dtype == np.uint8:
        return 255.0
    return next((whole for whole in (1.0, 255.0, 65_535.0) if most <= whole), most)


def _in_channels(image: np.ndarray, colour: bool) -> np.ndarray:
    if colour == (image.ndim == 3):
        return image
    return np.asarray(Image.fromarray(image).convert("RGB" if colour else "L"))


def _fitted(image: np.ndarray, preparation: Preparation) -> Iterator[tuple[str, np.ndarray]]:
    """Yield an image as it gets the model's proportions and size, and is inverted if it shall be."""
    height, width = preparation.height, preparation.width
    rows, columns = image.shape[:2]
    if preparation.fit == "crop":
        image = _middle(image, preparation)
        yield "Cropped to the middle", image
    if preparation.fit == "pad":
        factor = min(height / rows, width / columns)
        image = _resized(image, max(1, round(rows * factor)), max(1, round(columns * factor)))
        yield "Resized", image
        image = _padded(image, height, width)
        yield "Padded", image
    else:
        image = _resized(image, height, width)
        yield "Resized" if preparation.fit == "crop" else "Stretched", image
    if preparation.invert:
        yield "Inverted", 255 - image


def _middle(image: np.ndarray, preparation: Preparation) -> np.ndarray:
    """Cut the largest part with the model's proportions out of the middle."""
    rows, columns = image.shape[:2]
    factor = min(rows / preparation.height, columns / preparation.width)
    high = min(rows, max(1, round(preparation.height * factor)))
    wide = min(columns, max(1, round(preparation.width * factor)))
    top, left = (rows - high) // 2, (columns - wide) // 2
    return image[top : top + high, left : left + wide]


def _padded(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Put an image into the middle of a larger one that has the median colour of its corners."""
    rows, columns = image.shape[:2]
    if (rows, columns) == (height, width):
        return image
    corners = image[[0, 0, -1, -1], [0, -1, 0, -1]]
    whole = np.empty((height, width, *image.shape[2:]), np.uint8)
    whole[:] = np.median(corners, axis=0).round().astype(np.uint8)
    top, left = (height - rows) // 2, (width - columns) // 2
    whole[top : top + rows, left : left + columns] = image
    return whole


def _resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    if image.shape[:2] == (height, width):
        return image
    # Pillow's filter widens as it reduces, so that every pixel counts.
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


def _visible(image: np.ndarray) -> np.ndarray:
    """Return an image as uint8: as it is, or from its least to its greatest value; alpha keeps its own scale."""
    if image.dtype == np.uint8:
        return image
    colours = image[..., :3] if image.ndim == 3 else image
    low, high = float(colours.min()), float(colours.max())
    shown = scaled(colours, low, high) if low < high else np.zeros(colours.shape, np.uint8)
    if image.ndim == 3 and image.shape[2] == 4:
        return np.concatenate([shown, scaled(image[..., 3:], 0.0, _opaque(image))], -1)
    return shown
