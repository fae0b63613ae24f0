"""Tables as Parquet, CSV or npz files, written some rows at a time, so that memory does not grow with them."""

import csv
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np

from vae.export.place import ExportError, PlaceError, new_file

# Columns by name: numbers or texts (n,), or numbers (n, D), which are D columns `name1`, `name2`, … of a table.
Columns = Mapping[str, np.ndarray]
Write = Callable[[Columns], None]
FORMATS = ("parquet", "csv", "npz")
BLOCK = 10_000  # texts that are in memory at once when an npz file is put together


def format_of(path: Path) -> str:
    """Return the format of a table by the end of its name.

    Raises:
        PlaceError: for a name with another end.
    """
    if (kind := path.suffix.lower().removeprefix(".")) not in FORMATS:
        raise PlaceError(f"{path.name} says no format: end the name of a table in .parquet, .csv or .npz.")
    return kind


@contextmanager
def new_table(path: Path, kind: str, *, overwrite: bool = False) -> Iterator[Write]:
    """Give a function that adds rows to a new table, which becomes `path` when the block ends well.

    All rows have the same columns. In an npz file each column is an array, and those of (n, D) stay as they are.

    Args:
        kind: one of `FORMATS`.

    Raises:
        PlaceError: when there is a file already and it is not to be overwritten.
        ExportError: when it cannot be written, or no row was added; nothing of it is left.
    """
    with new_file(path, overwrite=overwrite) as temporary:
        rows = 0
        with _WRITERS[kind](temporary) as write:

            def count(columns: Columns) -> None:
                nonlocal rows
                rows += len(next(iter(columns.values())))
                write(columns)

            yield count
            if not rows:
                raise ExportError(f"There is nothing to write into {path.name}.")


def flat(columns: Columns) -> dict[str, np.ndarray]:
    """Return columns (n,) alone: of one that is (n, D) come D, `name1` to `nameD`."""
    found: dict[str, np.ndarray] = {}
    for name, values in columns.items():
        if values.ndim == 1:
            found[name] = values
        else:
            found |= {f"{name}{number}": part for number, part in enumerate(values.T, start=1)}
    return found


@contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    writer = None

    def write(columns: Columns) -> None:
        nonlocal writer
        table = pa.table({name: _arrow(values) for name, values in flat(columns).items()})
        writer = writer or ParquetWriter(path, table.schema)
        writer.write_table(table)

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def _arrow(values: np.ndarray):  # type: ignore[no-untyped-def]  # pyarrow has no types
    import pyarrow as pa

    return (
        pa.array(values.tolist(), pa.string()) if values.dtype.kind == "U" else pa.array(np.ascontiguousarray(values))
    )


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        begun = False

        def write(columns: Columns) -> None:
            nonlocal begun
            table = flat(columns)
            if not begun:
                writer.writerow(table)
            begun = True
            writer.writerows(zip(*(words(values) for values in table.values()), strict=True))

        yield write


def words(values: np.ndarray) -> list[str]:
    """Return numbers or texts (n,) as texts: a number with as many digits as bring it back, nothing for NaN."""
    found = [str(value) for value in values]
    return ["" if text == "nan" else text for text in found] if values.dtype.kind == "f" else found


@contextmanager
def _npz(path: Path) -> Iterator[Write]:
    """Write every column to a file of its own, and at the end all of them into one archive."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}-") as folder:
        parts: dict[str, _Part] = {}

        def write(columns: Columns) -> None:
            for name, values in columns.items():
                part = parts.setdefault(name, _Part(Path(folder) / str(len(parts)), values))
                part.add(values)

        yield write
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in parts.items():
                part.put(archive, name)


class _Part:
    """One column of an npz file while it grows: numbers as bytes, and texts a line each, as JSON."""

    def __init__(self, path: Path, first: np.ndarray) -> None:
        self.path, self.dtype, self.shape = path, first.dtype, first.shape[1:]
        self.rows, self.longest = 0, 1

    @property
    def _text(self) -> bool:
        return self.dtype.kind == "U"

    def add(self, values: np.ndarray) -> None:
        self.rows += len(values)
        if not self._text:
            with self.path.open("ab") as file:
                file.write(np.ascontiguousarray(values, self.dtype).data)
            return
        self.longest = max(self.longest, int(np.char.str_len(values).max(initial=1)))
        with self.path.open("a", encoding="ascii") as lines:
            lines.writelines(json.dumps(str(value)) + "\n" for value in values)

    def put(self, archive: zipfile.ZipFile, name: str) -> None:
        dtype = np.dtype(f"<U{self.longest}") if self._text else self.dtype
        header = {"descr": dtype.str, "fortran_order": False, "shape": (self.rows, *self.shape)}
        with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array_header_1_0(member, header)
            if not self._text:
                with self.path.open("rb") as file:
                    shutil.copyfileobj(file, member)
                return
            with self.path.open(encoding="ascii") as lines:
                for block in _blocks(lines):
                    member.write(np.array(block, dtype).tobytes())


def _blocks(lines: TextIO) -> Iterator[list[str]]:
    while block := [json.loads(line) for line in islice(lines, BLOCK)]:
        yield block


_WRITERS = {"parquet": _parquet, "csv": _csv, "npz": _npz}
