"""Checks before an import: that all that is known of the images goes with them, and that there is room for them."""

import shutil

import numpy as np

from vae.data.dataset import PARTS
from vae.data.imported.about import ImportedSetError
from vae.data.imported.shelf import quota, used
from vae.data.preparation.settings import Preparation
from vae.data.readers.collection import Collection, ReaderError
from vae.folders import imported_folder

SPARE = 100e6  # bytes that are left free on the disk


def check_collection(collection: Collection) -> None:
    """Raise ReaderError unless labels, parts and columns go with the images."""
    lengths = {"labels": collection.labels, "parts": collection.split} | dict(collection.columns)
    for what, values in lengths.items():
        if values is not None and values.shape != (collection.count,):
            raise ReaderError(
                f"There are {collection.count:,} images and {what} of shape {values.shape}; bring one for each image."
            )
    if collection.split is not None and collection.count and collection.split.max() >= len(PARTS):
        raise ReaderError(f"Parts must be 0 to {len(PARTS) - 1}, not {collection.split.max()}: {', '.join(PARTS)}.")
    labels, classes = collection.labels, len(collection.class_names)
    if labels is not None and collection.count and not 0 <= labels.min() <= labels.max() < classes:
        raise ReaderError(
            f"Labels are {labels.min()} to {labels.max()}, and there are {classes} classes; number them from 0."
        )


def check_room(count: int, preparation: Preparation) -> None:
    """Raise ImportedSetError if the images would not fit into the quota or on the disk."""
    needed = count * int(np.prod(preparation.image_shape))
    taken, most = used(), quota()
    if taken + needed > most:
        raise ImportedSetError(
            f"These images would take {needed / 1e9:.2f} GB, and imported images take {taken / 1e9:.2f} of the "
            f"{most / 1e9:g} GB that they may; delete some, choose a smaller size, or set VAE_IMPORTED_GB."
        )
    folder = imported_folder()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed + SPARE > free:
        raise ImportedSetError(
            f"These images would take {needed / 1e9:.2f} GB, and {folder} has {free / 1e9:.2f} GB free; free some, "
            "choose a smaller size, or name a folder on another disk with VAE_IMPORTED."
        )
