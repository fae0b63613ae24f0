"""CIFAR-10 and CIFAR-100 in their binary version; the one for Python is pickled, and refused with what to bring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import numpy as np

from vae.data.readers.arrays import Array, broken, opened_file, streamed
from vae.data.readers.collection import Collection, ReaderError, Stored
from vae.data.readers.files import Files, Options
from vae.data.readers.parts import Piece, candidates, joined, part_of
from vae.data.readers.shapes import Form

PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
FEWEST = 10  # records of a file that is taken for one of these by its size and labels alone
LONGEST_NAMES = 10_000  # bytes


@dataclass(frozen=True)
class Kind:
    """A layout of records: a byte for each kind of label, then 32 × 32 pixels of each colour (Krizhevsky 2009)."""

    title: str
    classes: tuple[int, ...]  # how many each byte in front of the pixels tells apart, the finest kind last
    names: str  # the file that has the names of the finest kind

    @property
    def dtype(self) -> np.dtype:
        """The type of one record."""
        return np.dtype([("labels", "u1", (len(self.classes),)), ("pixels", "u1", (3, 32, 32))])


KINDS = (Kind("CIFAR-10", (10,), "batches.meta.txt"), Kind("CIFAR-100", (20, 100), "fine_label_names.txt"))


def recognised(files: Files, options: Options) -> Collection | None:
    """Read the binary files of CIFAR-10 or CIFAR-100.

    Raises:
        ReaderError: for pickled files, or names of classes that do not fit.
    """
    paths = candidates(files, (".bin",))
    for kind in KINDS:
        pieces = [piece for path in paths if (piece := _piece(files, path, kind)) is not None]
        if pieces:
            return joined(pieces, f"{kind.title}'s binary files, of 32 × 32 pixels, colour.", _names(files, kind))
    pickled = next((path for path in paths if files.read(path, 2) in PICKLES), None)
    if pickled is not None:
        raise ReaderError(
            f"{pickled} is a Python pickle, which is never opened, since that could run any program; save its images "
            "with np.save, or bring the binary version if it is CIFAR."
        )
    return None


def _piece(files: Files, path: str, kind: Kind) -> Piece | None:
    count, rest = divmod(files.sizes[path], kind.dtype.itemsize)
    if rest or count < FEWEST:
        return None
    local = files.local(path)
    array = streamed(path, (count,), kind.dtype, 0, partial(opened_file, local))
    with broken(path), array.opened() as take:
        steps = [(first, min(first + 1_000, count)) for first in range(0, count, 1_000)]
        labels = np.concatenate([take(*step)["labels"] for step in steps])
    if (labels >= np.array(kind.classes)).any():
        return None
    coarse = {"coarse label": labels[:, 0].astype(np.float64)} if len(kind.classes) > 1 else {}
    name = "test" if part_of(path) == "test" else "train"
    return Piece(path, count, partial(_pictures, array), name, labels[:, -1].astype(np.int64), coarse)


def _pictures(array: Array, rows: Sequence[int]) -> Iterator[Stored]:
    form = Form((3, 32, 32), (1, 2, 0))
    for record in array.rows(rows):
        yield form.picture(record["pixels"])


def _names(files: Files, kind: Kind) -> tuple[str, ...] | None:
    """Return the names of the classes from the file that comes with the images; None where it is missing."""
    path = next((path for path in files.sizes if PurePosixPath(path).name == kind.names), None)
    if path is None:
        return None
    names = files.read(path, LONGEST_NAMES).decode("utf-8", "replace").split()
    return tuple(names) if len(names) == kind.classes[-1] else None
