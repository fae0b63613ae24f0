"""Which axis of MATLAB's arrays counts the images: the last one as often as the first."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from vae.data.readers.collection import Collection
from vae.data.readers.shapes import CHANNELS, is_flat


def image_axis(shape: tuple[int, ...], counts: set[int]) -> int:
    """Tell which axis counts the images, given the numbers of values that other arrays of the file have."""
    last = len(shape) - 1
    for axis in (last, 0):
        if shape[axis] in counts:
            return axis
    if len(shape) == 4:
        return last if shape[2] in CHANNELS else 0
    if len(shape) == 3:
        return 0 if shape[1] == shape[2] or shape[2] in CHANNELS else last
    if len(shape) == 2 and is_flat(shape[0]) != is_flat(shape[1]):
        return 0 if is_flat(shape[1]) else 1
    return 0


def counts_of(shapes: Mapping[str, tuple[int, ...]]) -> set[int]:
    """Return the lengths of all arrays that have one value an image."""
    return {max(shape) for shape in shapes.values() if shape and max(shape) > 1 and np.prod(shape) == max(shape)}


def images_first(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the arrays of one file with the axis that counts images first, and single rows as one axis."""
    counts = counts_of({name: array.shape for name, array in arrays.items()})
    return {
        name: array.reshape(-1)
        if array.ndim <= 2 and array.size == max(array.shape, default=0)
        else np.moveaxis(array, image_axis(array.shape, counts), 0)
        for name, array in arrays.items()
    }


def with_digits_from_0(collection: Collection) -> Collection:
    """Call the class 10 of a set whose classes are 1 to 10 the digit 0, as SVHN has it, and put it first."""
    if collection.labels is None or collection.class_names != tuple(map(str, range(1, 11))):
        return collection
    return replace(
        collection,
        labels=(collection.labels + 1) % 10,
        class_names=tuple("0123456789"),
        remarks=(*collection.remarks, "The label 10 is the digit 0, as in SVHN."),
    )
