"""The columns of an imported set: what is known of each image, a memory-mapped array a column."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from vae.data.readers.collection import Collection

FOLDER = "columns"  # of a set: 0.npy, 1.npy, … and the columns' names in their order
NAMES = "names.json"
LONGEST = 120  # characters of a text that are kept
LARGEST = 1_000_000  # bytes of the names
BATCH = 10_000  # rows that are written at once
FILE = "file"  # the column of the images' own names
NameOf = Callable[[int], str]


def write_columns(folder: Path, collection: Collection, rows: np.ndarray) -> None:
    """Write the rows (N,) of a collection's columns below the folder of a set, and the names of its files as one more.

    Raises:
        OSError: when they cannot be written.
    """
    columns: dict[str, np.ndarray | NameOf] = dict(collection.columns)
    if collection.named:
        columns.setdefault(FILE, collection.name_of)
    if not columns:
        return
    (folder / FOLDER).mkdir()
    for number, source in enumerate(columns.values()):
        _write(folder / FOLDER / f"{number}.npy", source, rows)
    (folder / FOLDER / NAMES).write_text(json.dumps([*columns]), "utf-8")


def read_columns(folder: Path, count: int) -> dict[str, np.ndarray]:
    """Return the columns of a set by name, each (count,) and read from its file only where it is looked at.

    Raises:
        OSError: when a file is missing.
        ValueError: when one is damaged or has another length.
    """
    folder = folder / FOLDER
    if not folder.exists():
        return {}
    if (folder / NAMES).stat().st_size > LARGEST:
        raise ValueError(f"{NAMES} has more than {LARGEST:,} bytes")
    found: dict[str, np.ndarray] = {}
    for number, name in enumerate(json.loads((folder / NAMES).read_text("utf-8"))):
        column = np.lib.format.open_memmap(folder / f"{number}.npy", mode="r")
        if column.shape != (count,) or column.dtype.kind not in "fU":
            raise ValueError(f"column {name!r} is {column.dtype} {column.shape}, not one number or text an image")
        found[str(name)] = column
    return found


def _write(path: Path, source: np.ndarray | NameOf, rows: np.ndarray) -> None:
    numbers = isinstance(source, np.ndarray) and source.dtype.kind in "biuf"
    if numbers:
        dtype = np.dtype(np.float64)
    else:
        longest = max(int(np.char.str_len(batch).max()) for batch in _texts(source, rows))
        dtype = np.dtype(f"<U{min(max(longest, 1), LONGEST)}")
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": dtype.str, "fortran_order": False, "shape": (len(rows),)})
        for batch in _numbers(source, rows) if numbers else _texts(source, rows):
            file.write(batch.astype(dtype).tobytes())


def _numbers(source: np.ndarray | NameOf, rows: np.ndarray) -> Iterator[np.ndarray]:
    assert isinstance(source, np.ndarray)
    return (source[rows[first : first + BATCH]] for first in range(0, len(rows), BATCH))


def _texts(source: np.ndarray | NameOf, rows: np.ndarray) -> Iterator[np.ndarray]:
    text = source if callable(source) else source.__getitem__
    for first in range(0, len(rows), BATCH):
        yield np.array([str(text(int(row)))[:LONGEST] for row in rows[first : first + BATCH]])
