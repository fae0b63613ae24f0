"""A look at images before anything is trained on them: pixel values, classes, the mean image, copies, and warnings."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vae.data.dataset import Dataset
from vae.data.preparation.settings import Preparation
from vae.data.preparation.steps import prepare
from vae.data.preparation.suggest import sample_rows
from vae.data.readers.collection import Collection, UnreadableImageError
from vae.progress import Report

BATCH = 1_000
SAMPLE = 1_000  # images of a collection that are looked at
FEW = 10  # images of a class, below which it is warned of
NAMED = 3  # classes that are warned of one by one
LEVELS = 256
DARK = 4  # values below which nobody tells an image from a black one


@dataclass(frozen=True, eq=False)
class Look:
    """All that is to be said of images before anything is trained on them."""

    looked_at: int  # images
    count: int  # of all images
    histogram: np.ndarray  # int64 (256,), how many pixel values there are of each
    mean_image: np.ndarray  # uint8 (C, H, W)
    class_counts: dict[str, int]  # images by class, of all; empty without classes
    copies: int  # images that are the same as an earlier one, pixel by pixel
    leaked: int  # test images that are the same as one to train on
    warnings: tuple[str, ...]  # sentences with counts


def look_at_sample(collection: Collection, preparation: Preparation, most: int = SAMPLE) -> Look:
    """Look at `most` images of a collection, as the preparation makes them; classes are counted over all.

    Raises:
        ReaderError: when the files cannot be read.
    """
    rows = sample_rows(collection.count, most)
    images, unreadable = [], 0
    for row, stored in zip(rows, collection.read(rows), strict=True):
        try:
            if isinstance(stored, UnreadableImageError):
                raise stored
            images.append(prepare(stored, preparation, collection.name_of(row)))
        except UnreadableImageError:
            unreadable += 1
    seen = _Tally(preparation.image_shape)
    for first in range(0, len(images), BATCH):
        seen.add(np.stack(images[first : first + BATCH]))
    found = seen.look(collection.count, _class_counts(collection.labels, collection.class_names), None)
    if not unreadable:
        return found
    more = (f"{unreadable:,} of {len(rows):,} images that were looked at cannot be read.",)
    return Look(**vars(found) | {"warnings": (*more, *found.warnings)})


def look_at_set(dataset: Dataset, on_progress: Report | None = None) -> Look:
    """Look at all images of a data set, a thousand at a time.

    Args:
        on_progress: called with the fraction done; an exception that it raises ends the look.
    """
    seen, count = _Tally(dataset.image_shape), len(dataset.images)
    for first in range(0, count, BATCH):
        seen.add(dataset.images[first : first + BATCH].numpy())
        if on_progress is not None:
            on_progress(min(1.0, (first + BATCH) / count))
    labels = dataset.labels.numpy() if dataset.labelled else None
    return seen.look(count, _class_counts(labels, dataset.class_names), dataset)


class _Tally:
    """Counts over images that are added in batches; eight bytes an image are kept."""

    def __init__(self, image_shape: tuple[int, int, int]) -> None:
        self.histogram = np.zeros(LEVELS, np.int64)
        self.sums = np.zeros(image_shape, np.int64)
        self.digests: list[np.ndarray] = []
        self.plain = {"black": 0, "white": 0, "of one grey or colour": 0}
        self.count = 0

    def add(self, images: np.ndarray) -> None:
        """Count images uint8 (B, C, H, W)."""
        self.count += len(images)
        self.histogram += np.bincount(images.reshape(-1), minlength=LEVELS)
        self.sums += images.sum(0, dtype=np.int64)
        self.digests.append(np.array([_digest(image) for image in images], np.uint64))
        least, most = images.min((2, 3)), images.max((2, 3))  # (B, C)
        black, white = (most < DARK).all(1), (least == 255).all(1)
        self.plain["black"] += int(black.sum())
        self.plain["white"] += int(white.sum())
        self.plain["of one grey or colour"] += int(((least == most).all(1) & ~black & ~white).sum())

    def look(self, count: int, class_counts: dict[str, int], parts: Dataset | None) -> Look:
        """Return what was seen, and how many test images are among those to train on where the parts are known."""
        digests = np.concatenate(self.digests) if self.digests else np.zeros(0, np.uint64)
        copies = len(digests) - len(np.unique(digests))
        leaked = 0
        if parts is not None:
            leaked = int(np.isin(digests[parts.rows("test")], digests[parts.rows("train")]).sum())
        mean = (self.sums / max(1, self.count)).round().astype(np.uint8)
        warnings = (
            *(f"{n:,} of {self.count:,} images are all {kind}." for kind, n in self.plain.items() if n),
            *_small_classes(class_counts),
            *([f"{copies:,} of {self.count:,} images are exact copies of others."] if copies else []),
            *([f"{leaked:,} test images are exact copies of images to train on, and test nothing."] if leaked else []),
        )
        return Look(self.count, count, self.histogram, mean, class_counts, copies, leaked, warnings)


def _digest(image: np.ndarray) -> int:
    return int.from_bytes(hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=8).digest(), "little")


def _class_counts(labels: np.ndarray | None, names: Sequence[str]) -> dict[str, int]:
    if labels is None:
        return {}
    return {name: int(n) for name, n in zip(names, np.bincount(labels, minlength=len(names)), strict=True)}


def _small_classes(counts: dict[str, int]) -> Iterable[str]:
    small = sorted((n, name) for name, n in counts.items() if n < FEW)
    for n, name in small[:NAMED]:
        yield f"Class {name} has {'1 image' if n == 1 else f'{n} images' if n else 'no images'}."
    if len(small) > NAMED:
        yield f"{len(small) - NAMED:,} more of {len(counts):,} classes have fewer than {FEW} images."
