"""MNIST and its like in IDX files: two files a part, in one folder or nested, plain or gzipped."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from string import ascii_lowercase, ascii_uppercase, digits

import numpy as np

from vae.data.readers.arrays import Array, plain
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Files, Options
from vae.data.readers.idx_format import begins_as_idx, idx_array
from vae.data.readers.labels import one_each
from vae.data.readers.parts import WORDS, Piece, candidates, joined, part_of, words
from vae.data.readers.shapes import Form, form

SUFFIXES = (".gz", "ubyte", ".idx", "-int")
WIDEST = 16  # columns of labels: QMNIST has eight, of which the first is the class
EMNIST_CLASSES = {  # Cohen et al. 2017: some small letters are one class with their capitals
    "byclass": digits + ascii_uppercase + ascii_lowercase,
    "bymerge": digits + ascii_uppercase + "abdefghnqrt",
    "balanced": digits + ascii_uppercase + "abdefghnqrt",
    "letters": ascii_uppercase,
}


def recognised(files: Files, options: Options) -> Collection | None:
    """Read IDX files as images with their labels, and the parts by the names of the files.

    Raises:
        ReaderError: when one is not complete, or images and labels do not belong together.
    """
    paths = [path for path in candidates(files, SUFFIXES) if begins_as_idx(files, path)]
    paths = [path for path in paths if not (path.endswith(".gz") and path.removesuffix(".gz") in paths)]
    if not paths:
        return None
    arrays = {path: idx_array(files, path) for path in paths}
    images = [path for path in paths if not _holds_labels(path, arrays[path])]
    labels = _labels_by_images(images, [path for path in paths if path not in images])
    if not images:
        raise ReaderError(f"There are labels and no images in {' and '.join(paths[:4])}; bring the images' files too.")
    _check_one_set(images)
    upright = "emnist" in f"{files.name}/{'/'.join(paths)}".lower()
    pieces = [_piece(path, arrays, labels.get(path, ""), upright) for path in images]
    names, remark = _emnist_classes(paths) if upright else (None, "")
    return joined(
        pieces,
        f"IDX files with images of {form(arrays[images[0]]).text}.",
        class_names=names,
        remarks=(remark,) if remark else (),
    )


def _holds_labels(path: str, array: Array) -> bool:
    if len(array.shape) == 1:
        return True
    return len(array.shape) == 2 and "label" in path.lower() and array.shape[1] <= WIDEST


def _labels_by_images(images: Sequence[str], labels: Sequence[str]) -> dict[str, str]:
    """Pair the files by their names; two files alone belong together whatever they are called."""
    if len(images) == len(labels) == 1:
        return {images[0]: labels[0]}
    by_key = {_key(path): path for path in labels}
    return {path: by_key[_key(path)] for path in images if _key(path) in by_key}


def _key(path: str) -> str:
    """Return what the names of images and labels that belong together share."""
    name = re.sub(r"idx\d|images?|labels?|ubyte|int(?![a-z])|\.gz$", "", PurePosixPath(path).name.lower())
    return f"{PurePosixPath(path).parent}/{'-'.join(words(name))}"


def _check_one_set(images: Sequence[str]) -> None:
    sets: dict[str, list[str]] = {}
    for path in images:
        key = "-".join(word for word in words(_key(path)) if word not in WORDS)
        sets.setdefault(key, []).append(path)
    twice = len(images) > 1 and len({part_of(path) for path in images}) < len(images)
    if len(sets) > 1 or twice:
        raise ReaderError(
            f"There are {len(sets) if len(sets) > 1 else len(images)} sets of images ({', '.join(images[:4])}"
            f"{', ...' if len(images) > 4 else ''}); put the files of one set into a folder of its own."
        )


def _piece(path: str, arrays: Mapping[str, Array], labels: str, upright: bool) -> Piece:
    array = arrays[path]
    found = form(array)
    if upright and len(found.axes) == 2:
        found = Form(found.stored, (1, 0))
    stored = None
    if labels:
        values = plain(arrays[labels].whole())
        several = values.ndim == 2 and 1 < values.shape[1] <= WIDEST
        stored = one_each(values[:, 0] if several else values, array.shape[0], labels)
        if stored is not None and upright and "letters" in labels.lower():
            stored = stored.astype(np.int64) - 1
    return Piece(path, array.shape[0], partial(found.pictures, array), part_of(path), stored)


def _emnist_classes(paths: Sequence[str]) -> tuple[tuple[str, ...] | None, str]:
    kind = next((kind for kind in EMNIST_CLASSES if kind in " ".join(paths).lower()), "")
    names = tuple(EMNIST_CLASSES[kind]) if kind else None
    counted = ", and its letters, which are counted from 1, are called A to Z" if kind == "letters" else ""
    return names, f"EMNIST holds its images transposed: they were turned upright{counted}."
