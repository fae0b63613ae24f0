"""Tables beside pictures, such as metadata.csv: a row a picture, found by its `file_name`, with any other columns."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vae.data.readers.collection import ReaderError
from vae.data.readers.delimited import column, header, rows
from vae.data.readers.files import Files
from vae.data.readers.folder_tree import PART_OF
from vae.data.readers.listing import shown
from vae.data.readers.source import told

FILE_NAMES = ("file_name", "filename")
LABELS = ("label", "class")
SPLIT = "split"
MOST_TABLES = 16
MOST_VALUES = 10_000_000
HEAD = 65_536  # bytes in which a table's first line ends


@dataclass(eq=False)
class Metadata:
    """Columns of tables beside pictures; all texts of a column by picture, empty where nothing is said."""

    count: int
    texts: dict[str, list[str]] = field(default_factory=dict)
    matched: np.ndarray = field(init=False)  # bool (count,)
    comma: bool = False
    unknown: int = 0  # rows of no picture
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.matched = np.zeros(self.count, bool)

    def taken(self, name: str) -> list[str | None] | None:
        """Take a column away and return it with None where nothing is said; None where there is no such column."""
        known = next((each for each in self.texts if each.casefold() == name.casefold()), None)
        return None if known is None else [text or None for text in self.texts.pop(known)]

    def parts(self) -> np.ndarray | None:
        """Return the places of the parts, -1 where unknown, that a column `split` names; None without one."""
        texts = next((texts for name, texts in self.texts.items() if name.casefold() == SPLIT), None)
        if texts is None:
            return None
        found = np.array([PART_OF.get(text.casefold(), -1) for text in texts], np.int64)
        return found if {0, 2} <= set(found.tolist()) or {0, 1} <= set(found.tolist()) else None

    def columns(self, kept: np.ndarray) -> Mapping[str, np.ndarray]:
        """Return all columns that say anything, of the rows kept."""
        found = {}
        for name, texts in self.texts.items():
            values = column([texts[row] for row in kept], self.comma) if len(kept) else None
            if values is not None:
                found[name] = values
        return found


def read_metadata(files: Files, paths: Sequence[str]) -> Metadata | None:
    """Read all tables that have a column `file_name`; None where there are none.

    Raises:
        ReaderError: for a table that cannot be read.
    """
    tables = _tables(files)
    if not tables:
        return None
    found = Metadata(len(paths))
    row_of = {path: row for row, path in enumerate(paths)}
    by_name = _by_name(paths)
    for table, (names, delimiter) in tables.items():
        with told(shown(table)):
            _read(files, table, names, delimiter, found, row_of, by_name)
    without = found.count - int(found.matched.sum())
    told_of = shown(next(iter(tables)))
    if without:
        found.remarks.append(f"Pictures of which {told_of} says nothing: {without:,} of {found.count:,}.")
    if found.unknown:
        found.remarks.append(f"Rows of {told_of} that name no picture there is: {found.unknown:,}.")
    return found


def _tables(files: Files) -> dict[str, tuple[list[str], str]]:
    found = {}
    for path in [path for path in files.sizes if path.lower().endswith((".csv", ".tsv"))][:MOST_TABLES]:
        if (known := header(files.read(path, HEAD), FILE_NAMES)) is not None:
            found[path] = known
    return found


def _by_name(paths: Sequence[str]) -> dict[str, int]:
    """Return the row by a file's name alone, -1 where several have it."""
    found: dict[str, int] = {}
    for row, path in enumerate(paths):
        name = path[path.rfind("/") + 1 :]
        found[name] = -1 if name in found else row
    return found


def _read(
    files: Files,
    table: str,
    names: list[str],
    delimiter: str,
    found: Metadata,
    row_of: Mapping[str, int],
    by_name: Mapping[str, int],
) -> None:
    key = next(place for place, name in enumerate(names) if name.casefold() in FILE_NAMES)
    columns = _columns(names, key, found)
    found.comma = found.comma or delimiter == ";"
    folder = posixpath.dirname(table)
    seen: dict[str, str] = {}  # equal texts are kept once
    with rows(files.local(table), delimiter) as each:
        for values in each:
            if key >= len(values):
                continue
            row = _row(values[key], folder, row_of, by_name)
            if row < 0:
                found.unknown += 1
                continue
            found.matched[row] = True
            for place, texts in columns.items():
                if place < len(values) and (text := values[place].strip()):
                    texts[row] = seen.setdefault(text, text)


def _columns(names: list[str], key: int, found: Metadata) -> dict[int, list[str]]:
    """Return the columns' texts, yet to be filled, by their place in the table; too many are left out."""
    columns = {}
    for place, name in enumerate(names):
        name = shown(name) or f"column {place + 1}"
        if place == key or place in columns:
            continue
        if name not in found.texts and (len(found.texts) + 1) * found.count > MOST_VALUES:
            found.remarks.append(f"The column {name} and those behind it were left out: there are too many values.")
            break
        columns[place] = found.texts.setdefault(name, [""] * found.count)
    return columns


def _row(name: str, folder: str, row_of: Mapping[str, int], by_name: Mapping[str, int]) -> int:
    """Return the row of a picture that a table names, from its own folder, the source's, or by name; -1 for none."""
    path = posixpath.normpath(name.strip().replace("\\", "/"))
    beside = posixpath.normpath(posixpath.join(folder, path))
    if (row := row_of.get(beside, row_of.get(path, -1))) >= 0:
        return row
    return by_name.get(path[path.rfind("/") + 1 :], -1)


def label_column(found: Metadata, wanted: str) -> list[str | None] | None:
    """Take the column that holds the classes, the one wanted or one called `label` or `class`; None without one.

    Raises:
        ReaderError: when the column that is wanted is not there.
    """
    for name in (wanted,) if wanted else LABELS:
        if (texts := found.taken(name)) is not None:
            return texts
    if wanted:
        known = ", ".join(found.texts) or "no other"
        raise ReaderError(f"No table has a column {shown(wanted)!r}; there is {shown(known)}.")
    return None
