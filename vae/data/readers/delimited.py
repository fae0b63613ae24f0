"""Tables of text as people save them: with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows' letters."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from vae.data.readers.source import BLOCK

DELIMITERS = ",;\t|"
LONGEST = 200  # letters of a text in a column
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MOST_LETTERS = 50_000_000  # of a column, which numpy keeps in four bytes each


def first_line(head: bytes) -> str:
    """Return the first line of a text that begins with these bytes, which may break off within a letter."""
    if head.startswith(_WIDE):
        return head.decode("utf-16", "ignore").lstrip("\r\n").split("\n", 1)[0]
    line = head.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n").split(b"\n", 1)[0]
    with suppress(UnicodeDecodeError):
        return line.decode("utf-8")
    return line.decode("utf-8" if head.startswith(codecs.BOM_UTF8) else "cp1252", "replace")


def header(head: bytes, wanted: Sequence[str]) -> tuple[list[str], str] | None:
    """Return the names in a table's first line and its delimiter, if one of the names, in small letters, is wanted."""
    first = first_line(head).rstrip("\r")
    for delimiter in DELIMITERS:
        with suppress(csv.Error, StopIteration):
            names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
            if any(name.casefold() in wanted for name in names):
                return names, delimiter
    return None


@contextmanager
def rows(path: Path, delimiter: str) -> Iterator[Iterator[list[str]]]:
    """Open a table and give its rows below the first one, without empty ones.

    Raises:
        csv.Error: while the rows are read, for a quotation without an end.
    """
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
        below = (row for row in reader if any(map(str.strip, row)))
        next(below, None)
        yield below


def column(texts: Sequence[str], comma: bool = False) -> np.ndarray | None:
    """Return a column as float64 with NaN where nothing is known, or as text; None for one that says nothing.

    Args:
        texts: empty where nothing is known.
        comma: whether numbers are written with a decimal comma.
    """
    if (numbers := _numbers(texts, comma)) is not None:
        return numbers if np.isfinite(numbers).any() else None
    longest = min(max(map(len, texts)), LONGEST, max(1, MOST_LETTERS // len(texts)))
    return np.array([text[:longest] for text in texts], f"U{longest}")


def _numbers(texts: Sequence[str], comma: bool) -> np.ndarray | None:
    found = np.full(len(texts), np.nan)
    for row, text in enumerate(texts):
        if text:
            try:
                number = float(text.replace(",", ".") if comma else text)
            except ValueError:
                return None
            found[row] = number if abs(number) < np.inf else np.nan
    return found


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(3)
        if head.startswith(_WIDE):
            return "utf-16"
        if head == codecs.BOM_UTF8:
            return "utf-8-sig"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"
