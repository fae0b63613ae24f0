"""Pieces of a collection, each from one array or file: which part each is of, and all of them as one collection."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from vae.data.dataset import PARTS
from vae.data.readers.collection import Collection, Stored, UnreadableImageError
from vae.data.readers.files import Files
from vae.data.readers.folder_tree import PART_OF
from vae.data.readers.labels import NO_CLASSES, classes
from vae.data.readers.pictures import SUFFIXES

# Names of files and arrays have short words too, which would be classes as names of folders.
WORDS = {word: PARTS[place] for word, place in PART_OF.items()} | {
    **dict.fromkeys(("tra", "extra"), "train"),  # SVHN's `extra` is more to train on
    "tes": "test",
}
FEW = 50  # files whose content is looked at whatever they are called


@dataclass(frozen=True, eq=False)
class Piece:
    """Images of one array or one file, with what is known of them, as it was stored."""

    name: str
    count: int
    read: Callable[[Sequence[int]], Iterator[Stored | UnreadableImageError]]
    part: str = ""  # one of `PARTS`, empty where nothing tells
    labels: np.ndarray | None = None  # (count,)
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    first_row: int = 0  # the number of the first image as its owner counts


def words(name: str) -> list[str]:
    """Split a name into the words that it was made of: `XTrain_images-2` is x, train, images and 2."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=^[A-Z])(?=[A-Z][a-z])", " ", name.replace("t10k", " test "))
    return re.findall(r"[a-z]+|\d+", spaced.lower())


def part_of(path: str) -> str:
    """Tell of which part a file or array is by its name, the last word of which counts; empty where nothing tells."""
    return next((WORDS[word] for word in reversed(words(path)) if word in WORDS), "")


def candidates(files: Files, suffixes: tuple[str, ...]) -> list[str]:
    """List the files to look into: those of the names that are usual, and any where there are few.

    A folder in which most files are pictures is one of pictures, whatever lies beside them.
    """
    paths = list(files.sizes)
    if len(paths) == 1:
        return paths
    found = [path for path in paths if path.lower().endswith(suffixes)]
    found = found or (paths if len(paths) <= FEW else [])
    return found if sum(path.lower().endswith(SUFFIXES) for path in paths) < len(found) else []


def joined(
    pieces: Sequence[Piece], layout: str, class_names: Sequence[str] | None = None, remarks: Sequence[str] = ()
) -> Collection:
    """Return all pieces, one after another, as one collection.

    Where some have labels and others do not, as in competitions, those without are left out.

    Raises:
        ReaderError: for labels that are missing or out of range.
    """
    pieces, notes = _labelled_alike(pieces)
    split, more_notes = _split(pieces)
    columns = {
        name: np.concatenate([piece.columns[name] for piece in pieces])
        for name in pieces[0].columns
        if all(name in piece.columns and _alike(piece, pieces[0], name) for piece in pieces)
    }
    labels: np.ndarray | None = None
    names: tuple[str, ...] = ()
    if (stored := _all_labels(pieces)) is not None:
        found = classes(stored, " and ".join(piece.name for piece in pieces), class_names)
        if found is not None:
            labels, names = found
        else:
            columns = {"label": stored} | columns
            notes = (*notes, NO_CLASSES)
    starts = np.cumsum([0, *(piece.count for piece in pieces)]).tolist()
    return Collection(
        layout=layout,
        count=starts[-1],
        read=_reader(pieces, starts),
        labels=labels,
        class_names=names,
        split=split,
        columns=columns,
        name_of=_namer(pieces, starts),
        remarks=(*remarks, *notes, *more_notes),
    )


def _labelled_alike(pieces: Sequence[Piece]) -> tuple[Sequence[Piece], tuple[str, ...]]:
    labelled = [piece for piece in pieces if piece.labels is not None]
    if not labelled or len(labelled) == len(pieces):
        return pieces, ()
    left_out = ", ".join(piece.name for piece in pieces if piece.labels is None)
    return labelled, (f"Left out, since other images have labels and these have none: {left_out}.",)


def _split(pieces: Sequence[Piece]) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the part of every image, where the files tell of at least one to train on and one to test."""
    parts = [piece.part or "train" for piece in pieces]
    notes: tuple[str, ...] = ()
    if "test" not in parts and "validation" in parts:
        parts = ["test" if part == "validation" else part for part in parts]
        notes = ("The validation images are the test images, since there are no others.",)
    if not {"train", "test"} <= set(parts):
        return None, ()
    return np.repeat(
        np.array([PARTS.index(part) for part in parts], np.uint8), [piece.count for piece in pieces]
    ), notes


def _alike(one: Piece, other: Piece, column: str) -> bool:
    return one.columns[column].dtype.kind == other.columns[column].dtype.kind


def _all_labels(pieces: Sequence[Piece]) -> np.ndarray | None:
    found = [piece.labels for piece in pieces if piece.labels is not None]
    if not found:
        return None
    kinds = {"number" if values.dtype.kind in "biuf" else "text" for values in found}
    return np.concatenate(found if len(kinds) == 1 else [values.astype(str) for values in found])


def _reader(
    pieces: Sequence[Piece], starts: Sequence[int]
) -> Callable[[Sequence[int]], Iterator[Stored | UnreadableImageError]]:
    def read(rows: Sequence[int]) -> Iterator[Stored | UnreadableImageError]:
        position = 0
        for piece, start in zip(pieces, starts[:-1], strict=True):
            end = bisect_left(rows, start + piece.count, position)
            if end > position:
                yield from piece.read(cast(Sequence[int], np.asarray(rows[position:end]) - start))
            position = end

    return read


def _namer(pieces: Sequence[Piece], starts: Sequence[int]) -> Callable[[int], str]:
    def name_of(row: int) -> str:
        place = bisect_left(starts, row + 1) - 1
        piece = pieces[place]
        return f"{piece.name} row {row - starts[place] + piece.first_row}"

    return name_of
