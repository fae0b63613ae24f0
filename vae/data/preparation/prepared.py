"""The images of a collection, prepared one after another as a model's images."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vae.data.imported.about import read_about
from vae.data.names import BUILT_IN, TITLES
from vae.data.preparation.settings import Preparation
from vae.data.preparation.steps import prepare
from vae.data.preparation.suggest import suggest
from vae.data.readers.collection import Collection, ReaderError, UnreadableImageError

LIGHT = 170  # a ground that is lighter is called light; those of the project's own sets are black


def prepared(
    collection: Collection, preparation: Preparation
) -> Iterator[tuple[int, np.ndarray | UnreadableImageError]]:
    """Yield the row of every image and the image as a model's, uint8 (C, H, W), or the error in its place.

    Raises:
        ReaderError: when the files break off.
    """
    stored = collection.read(range(collection.count))
    for row in range(collection.count):
        image = next(stored, None)
        if image is None:
            raise ReaderError(f"The files end after {row:,} of {collection.count:,} images; bring them whole.")
        if not isinstance(image, UnreadableImageError):
            try:
                yield row, prepare(image, preparation, collection.name_of(row))
                continue
            except UnreadableImageError as error:
                image = error
        yield row, image


def preparation_like(dataset: str, shape: tuple[int, int, int], collection: Collection) -> Preparation:
    """Return how images of a collection become like those of a data set, which have the shape (C, H, W).

    The images of an imported set were all prepared by its settings, and others are prepared by the same. For the
    project's own sets the proportions and the range of the values are looked up in the collection.

    Raises:
        ImportedSetError: when the imported set is not here.
        ReaderError: when none of the images can be read.
    """
    if dataset not in BUILT_IN:
        return read_about(dataset).preparation
    channels, height, width = shape
    return replace(suggest(collection)[0], height=height, width=width, colour=channels == 3)


class Batch(NamedTuple):
    """Some images, with the names that the user knows them by."""

    rows: np.ndarray  # int64 (n,), their places in the collection
    names: list[str]
    images: Tensor  # uint8 (n, C, H, W)


@dataclass
class Prepared:
    """The images of a collection in batches, without those that cannot be read."""

    collection: Collection
    preparation: Preparation
    unreadable: list[str] = field(default_factory=list)  # a sentence each

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield the images that can be read, `size` at a time.

        Raises:
            ReaderError: when none can be read, or the files break off.
        """
        rows: list[int] = []
        images: list[np.ndarray] = []
        found = False
        for row, image in prepared(self.collection, self.preparation):
            if isinstance(image, UnreadableImageError):
                self.unreadable.append(str(image))
                continue
            found = True
            rows.append(row)
            images.append(image)
            if len(rows) == size:
                yield self._batch(rows, images)
                rows, images = [], []
        if rows:
            yield self._batch(rows, images)
        if not found:
            raise ReaderError(self.unreadable[0] if self.unreadable else "There are no images; choose files with some.")

    def _batch(self, rows: list[int], images: list[np.ndarray]) -> Batch:
        names = [self.collection.name_of(row) for row in rows]
        return Batch(np.array(rows), names, torch.from_numpy(np.stack(images)))


def light_ground(dataset: str, images: Tensor) -> str:
    """Return a sentence where images uint8 (n, C, H, W) have a light ground and a data set's have none; or nothing.

    The ground is what the corners show. Only the project's own sets are known to have a black one.
    """
    corners = images[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].float()  # (n, C, 4)
    if dataset not in BUILT_IN or float(corners.median()) <= LIGHT:
        return ""
    return (
        f"Most of the images are dark on a light ground, and those of {TITLES[dataset]} light on black; --invert turns "
        "them."
    )
