"""Collections of images in memory, as readers give them, and a look at all files of a folder."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vae.data.readers.collection import Collection, Stored, UnreadableImageError


def collection(images: Sequence[Stored | UnreadableImageError], **known: Any) -> Collection:
    """Return a collection of these images, read one by one in the order asked for."""

    def read(rows: Sequence[int]) -> Iterator[Stored | UnreadableImageError]:
        assert list(rows) == sorted(rows)
        return (images[row] for row in rows)

    return Collection(layout="Images of a test.", count=len(images), read=read, **known)


def squares(count: int, classes: int = 3, side: int = 8) -> Collection:
    """Return a collection of grey noise whose brightness tells the class, named by files, class after class."""
    random = np.random.default_rng(0)
    labels = np.sort(np.arange(count) % classes)
    images = [random.integers(0, 80, (side, side), np.uint8) + np.uint8(80 * label) for label in labels]
    return collection(
        images,
        labels=labels.astype(np.int64),
        class_names=tuple("abcdefghij"[:classes]),
        name_of=lambda row: f"{'abcdefghij'[labels[row]]}/{row}.png",
        named=True,
        columns={"ink": np.array([float(image.mean()) for image in images])},
    )


def contents(*folders: Path) -> dict[str, str]:
    """Return all files and folders below some folders, with the SHA-256 of each file."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for folder in folders
        for path in sorted(folder.rglob("*"))
    }
