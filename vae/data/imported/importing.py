"""Import a collection: every image is prepared and written to disk as it is read, so that memory does not grow."""

import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from vae.data.dataset import LEAST, PARTS
from vae.data.imported.about import About, write_about
from vae.data.imported.checks import check_collection, check_room
from vae.data.imported.clusters import find_clusters
from vae.data.imported.columns import write_columns
from vae.data.imported.making import making
from vae.data.imported.parts import TEST, TRAIN, VALIDATION, divide, order_of
from vae.data.imported.pixels_file import PixelsFile, mapped
from vae.data.preparation.prepared import prepared
from vae.data.preparation.settings import Preparation, Split
from vae.data.readers.collection import Collection, ReaderError, UnreadableImageError
from vae.progress import Report, part

IMAGES, LABELS = "images.npy", "labels.npy"
SECONDS = 0.1  # between two reports of progress
MOST_UNREADABLE = 0.1  # of all images
WRITING, SUMMED = 0.9, 0.95  # of the time, when images are written and when they are summed up; clusters are the rest
NAMED = 3  # unreadable images that are named


def import_images(
    collection: Collection,
    preparation: Preparation,
    split: Split,
    name: str,
    title: str,
    on_progress: Report | None = None,
) -> About:
    """Prepare the images of a collection and keep them as an imported set, whole or not at all.

    Images are in the order train, validation, test, at random within each. Parts that the files give are kept.
    Unreadable images are left out and said to be.

    Args:
        on_progress: called ten times a second with the fraction done; an exception that it raises ends the import.

    Raises:
        ImportedSetError: for a name that is not allowed or taken, or images for which there is no room.
        ReaderError: when the files cannot be read, more than a tenth of the images cannot, or too few are left.
    """
    check_collection(collection)
    parts, given, assumed = divide(collection, split)
    labels, said = _labels(collection)
    with making(name) as folder:
        check_room(collection.count, preparation)  # when leftovers of other imports are gone
        order = order_of(parts, split.seed)
        with PixelsFile(folder / IMAGES, collection.count, preparation.image_shape) as file:
            unreadable = _write_images(collection, preparation, order, file, on_progress)
            digest = file.finish(part(on_progress, WRITING, SUMMED))
        kept = order[file.written]
        left, given_names, lost = _left(collection, labels, kept, labelled=said is None)
        digest.update(left.data)  # clusters are no part of what was brought
        class_names = given_names or _write_clusters(folder, part(on_progress, SUMMED, 1))
        if given_names:
            np.save(folder / LABELS, left)
        write_columns(folder, collection, kept)
        about = About(
            name,
            title,
            collection.layout,
            preparation.image_shape,
            *_sizes(parts[kept]),
            class_names=class_names,
            labelled=bool(given_names),
            fingerprint=digest.hexdigest(),
            preparation=preparation,
            split=None if given else split,
            remarks=(*collection.remarks, *assumed, *(said or ()), *lost, *_told(unreadable, collection.count)),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        write_about(folder, about)
    return about


def _write_images(
    collection: Collection, preparation: Preparation, order: np.ndarray, file: PixelsFile, on_progress: Report | None
) -> list[str]:
    """Write every image to its row of the file, and return sentences on those that cannot be read."""
    rows = np.empty(len(order), np.int64)
    rows[order] = np.arange(len(order))  # by the row in the source, the row in the file
    unreadable: list[str] = []
    least, most, told, report = 255, 0, 0.0, part(on_progress, 0, WRITING)
    for source, image in prepared(collection, preparation):
        if isinstance(image, UnreadableImageError):
            unreadable.append(str(image))
            if len(unreadable) > MOST_UNREADABLE * len(order):
                raise ReaderError(
                    "More than one in ten images cannot be read, and nothing is imported; leave them out: "
                    + " ".join(unreadable[:NAMED])
                )
            continue
        file.write(int(rows[source]), image)
        if most - least < 1:  # all pixels so far have one value
            least, most = min(least, int(image.min())), max(most, int(image.max()))
        if (now := time.monotonic()) - told > SECONDS:
            told = now
            report((source + 1) / len(order))
    if least >= most:
        raise ReaderError(
            f"All images are {'black' if not most else 'white' if most == 255 else 'grey'} all over after the "
            "preparation; choose other values to become black and white, or other images."
        )
    return unreadable


def _labels(collection: Collection) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Return the labels int64 (count,), and None if they are classes, or else what is to be said of it.

    Images without classes, or of one class alone, have the label 0 here.
    """
    labels = collection.labels
    if labels is not None and len(np.unique(labels)) > 1:
        return np.ascontiguousarray(labels, np.int64), None
    said: tuple[str, ...] = ()
    if labels is not None:
        only = collection.class_names[int(labels[0])]
        said = (f"All images are of the class {only!r}, so that they count as images without classes.",)
    return np.zeros(collection.count, np.int64), said


def _write_clusters(folder: Path, report: Report) -> tuple[str, ...]:
    """Write the clusters of the images in the place of labels, and return their names."""
    labels, names = find_clusters(mapped(folder / IMAGES), report)
    np.save(folder / LABELS, labels)
    return names


def _left(
    collection: Collection, labels: np.ndarray, kept: np.ndarray, *, labelled: bool
) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Return the labels of the rows that could be read, the names of their classes, and what is to be said.

    A class whose images are all unreadable is left out. Fewer than two classes have no names here, and the label 0.
    """
    names = collection.class_names if labelled else ()
    lost = {*np.unique(labels).tolist()} - {*np.unique(labels[kept]).tolist()}
    if not names or not lost:
        return labels[kept], names, ()
    number = np.cumsum([place not in lost for place in range(len(names))]) - 1
    left = tuple(name for place, name in enumerate(names) if place not in lost)
    said = f"Classes of which no image can be read were left out: {', '.join(names[place] for place in sorted(lost))}."
    if len(np.unique(labels[kept])) < 2:
        return np.zeros(len(kept), np.int64), (), (said, "One class is left, and clusters take the place of classes.")
    return number[labels[kept]].astype(np.int64), left, (said,)


def _sizes(parts: np.ndarray) -> tuple[int, int, int]:
    """Return how many images there are of each part.

    Raises:
        ReaderError: when too few are left to train on or to test with.
    """
    sizes = np.bincount(parts, minlength=len(PARTS)).tolist()
    if min(sizes[TRAIN], sizes[TEST]) < LEAST:
        raise ReaderError(
            f"{sizes[TRAIN]} images are left to train on and {sizes[TEST]} to test with; bring at least {LEAST} each."
        )
    return sizes[TRAIN], sizes[VALIDATION], sizes[TEST]


def _told(unreadable: list[str], count: int) -> tuple[str, ...]:
    if not unreadable:
        return ()
    return (
        f"{len(unreadable):,} of {count:,} images could not be read and were left out: " + " ".join(unreadable[:NAMED]),
    )
