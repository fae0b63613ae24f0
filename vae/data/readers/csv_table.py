"""A text table of any delimiter: how its columns are separated and called, and its rows, some at a time."""

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae.data.readers.arrays import broken
from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Files
from vae.data.readers.listing import shown

if TYPE_CHECKING:
    from pandas import DataFrame

START = 2 * 2**20  # bytes of the file that tell what it is
SAMPLE = 64  # rows that tell what the columns are
# What is in memory at once: with many columns, small chunks cost more than their values.
CELLS = 4_000_000
TEXT = 32 * 2**20  # bytes
DELIMITERS = ",;\t|"


@dataclass(frozen=True, eq=False)
class Table:
    """A text table, known by its first rows."""

    name: str  # for sentences
    local: Path
    encoding: str
    delimiter: str  # a regular expression where it is any number of spaces
    headed: bool  # whether its first row has the names of the columns
    blank: int  # empty lines before the first row
    names: tuple[str, ...]
    line_bytes: int  # of a row, on average
    sample: tuple[tuple[str, ...], ...]  # the first rows beside the header, of as many cells as it has names

    @property
    def first_row(self) -> int:
        """The number of the first row with values, as spreadsheets count."""
        return self.blank + (2 if self.headed else 1)

    def chunks(self, columns: Sequence[int] | None = None, **options: Any) -> Iterator["DataFrame"]:
        """Yield the rows in order, some at a time, as frames whose columns have their places as names.

        Raises:
            ReaderError: for a row with more cells than the first, or another fault of the file.
        """
        import pandas as pd  # 0.4 s that nobody else needs

        try:
            with pd.read_csv(
                self.local,
                sep=self.delimiter,
                encoding=self.encoding,
                encoding_errors="replace",
                header=None,
                skiprows=self.blank + int(self.headed),
                usecols=None if columns is None else list(columns),
                chunksize=max(1, min(CELLS // len(self.names), TEXT // self.line_bytes)),
                low_memory=False,
                **options,
            ) as reader:
                yield from reader
        except pd.errors.EmptyDataError:  # nothing beside the header
            return
        except pd.errors.ParserError as error:
            found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
            if found is None:
                raise ReaderError(f"{self.name} is no table that can be read ({error}); save it again.") from error
            raise ReaderError(
                f"{self.name} has {found[3]} values in line {found[2]} and {found[1]} in the first; correct that line."
            ) from error


def table(files: Files, path: str) -> Table | None:
    """Look at a text table; None for a file that is none.

    Raises:
        ReaderError: when the file cannot be read.
    """
    start = files.read(path, START)
    decoded = _decoded(start)
    if decoded is None:
        return None
    text, encoding = decoded
    stored = text.splitlines()
    blank = next((place for place, line in enumerate(stored) if line.strip()), 0)
    lines = [line for line in stored if line.strip()]
    if len(start) < files.sizes[path]:
        lines.pop()  # cut off
    if not lines:
        return None
    counts = {delimiter: lines[0].count(delimiter) for delimiter in DELIMITERS}
    delimiter = max(counts, key=lambda one: counts[one])
    if not counts[delimiter]:
        delimiter = r"\s+"
    with broken(path):
        rows = list(_rows(lines[: SAMPLE + 1], delimiter))
    if len(rows[0]) < 2:
        return None
    headed = _is_header(rows[0])
    names = (
        tuple(shown(" ".join(cell.split())) for cell in rows[0])
        if headed
        else tuple(f"{i + 1}" for i in range(len(rows[0])))
    )
    sample = tuple(tuple(row) for row in rows[int(headed) :] if len(row) == len(names))
    return Table(
        shown(path),
        files.local(path),
        encoding,
        delimiter,
        headed,
        blank,
        names,
        1 + len(start) // len(lines),
        sample,
    )


def is_number(cell: str) -> bool:
    """Tell whether a cell holds a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _decoded(start: bytes) -> tuple[str, str] | None:
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in start:
        return None
    else:
        encoding = "utf-8-sig"
    try:
        return getincrementaldecoder(encoding)().decode(start), encoding
    except UnicodeDecodeError:
        return start.decode("latin-1"), "latin-1"


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    if delimiter == r"\s+":
        return (line.split() for line in lines)
    return csv.reader(lines, delimiter=delimiter)


def _is_header(first: Sequence[str]) -> bool:
    """Tell whether a table's first row has names: texts, or numbers in a row beside one that may be a text."""
    numbers = [is_number(cell) for cell in first]
    if sum(numbers) >= len(first) - 1:
        for cells in (first, first[1:], first[:-1]):
            values = [float(cell) for cell in cells if is_number(cell)]
            if len(values) == len(cells) > 2 and values == [values[0] + step for step in range(len(cells))]:
                return values[0] in (0, 1)
        return False
    return sum(numbers) < len(first) / 2
