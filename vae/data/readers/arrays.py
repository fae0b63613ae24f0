"""An array in a file, of which a few rows are in memory at a time."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vae.data.readers.collection import ReaderError

WINDOW = 4 * 2**20  # bytes of rows that are read at once
LARGEST_WHOLE = 256 * 2**20  # bytes of an array that is read whole, such as one of labels
LARGEST_ROW = 256 * 2**20  # bytes
# A larger array may not be packed closer than so many times: dSprites, almost all black, is packed 115 times.
LARGE = 256 * 2**20
CLOSEST = 400

# Returns the rows from the first number up to, and without, the second.
Take = Callable[[int, int], np.ndarray]


@dataclass(frozen=True, eq=False)
class Array:
    """An array in a file, known by its shape and type until rows of it are read."""

    name: str  # of the array and its file, for sentences
    shape: tuple[int, ...]
    dtype: np.dtype
    opened: Callable[[], AbstractContextManager[Take]]  # for rows that ascend

    @property
    def row_bytes(self) -> int:
        """The bytes of one row."""
        return prod(self.shape[1:]) * self.dtype.itemsize

    def rows(self, wanted: Sequence[int]) -> Iterator[np.ndarray]:
        """Yield copies of the rows wanted, which ascend; the file is gone through once.

        Raises:
            ReaderError: when the file breaks off or is damaged, wherever this shows.
        """
        step = max(1, WINDOW // max(1, self.row_bytes))
        position = 0
        with broken(self.name), self.opened() as take:
            while position < len(wanted):
                first = int(wanted[position])
                end = bisect_left(wanted, first + step, position)
                block = take(first, int(wanted[end - 1]) + 1)
                for row in wanted[position:end]:
                    yield block[int(row) - first].copy()
                position = end

    def whole(self) -> np.ndarray:
        """Return all of a small array.

        Raises:
            ReaderError: when it is larger than `LARGEST_WHOLE`, or damaged.
        """
        if self.shape[0] * self.row_bytes > LARGEST_WHOLE:
            raise ReaderError(
                f"{self.name} takes {self.shape[0] * self.row_bytes / 1e6:,.0f} MB, too much for anything but images; "
                "leave it out of the file."
            )
        with broken(self.name), self.opened() as take:
            return take(0, self.shape[0])


@contextmanager
def broken(name: str) -> Iterator[None]:
    """Turn what decoders and parsers raise for a damaged file into the one error of the readers."""
    try:
        yield
    except ReaderError:
        raise
    # A damaged file may fail in any decoder, and each decoder raises errors of its own.
    except Exception as error:
        raise ReaderError(f"{name} is damaged ({reason(error)}); download or save it again.") from error


def reason(error: Exception) -> str:
    """Return an error's message in at most 100 characters of one line, or its type where it has none."""
    text = " ".join(str(error).split()).rstrip(".;:") or type(error).__name__
    return text if len(text) <= 100 else text[:97] + "..."


def in_memory(name: str, values: np.ndarray) -> Array:
    """Return an array that is in memory, or mapped from a file, as any other."""

    @contextmanager
    def opened() -> Iterator[Take]:
        yield lambda first, end: np.array(values[first:end])

    return Array(name, values.shape, values.dtype, opened)


def unread(name: str, shape: tuple[int, ...], dtype: np.dtype) -> Array:
    """Return an array of which no value is ever read, since that would unpickle it."""

    @contextmanager
    def opened() -> Iterator[Take]:
        raise ReaderError(f"{name} holds Python objects, which are never unpickled; save it as numbers or text.")
        yield

    return Array(name, shape, dtype, opened)


@contextmanager
def opened_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that holds an array."""
    with path.open("rb") as file:
        yield file


def streamed(
    name: str,
    shape: tuple[int, ...],
    dtype: np.dtype,
    offset: int,
    open_file: Callable[[], AbstractContextManager[BinaryIO]],
) -> Array:
    """Return an array in C order whose rows stand one after another in a file, from `offset` on.

    The file may be unpacked while it is read, so that it is only ever gone through forwards.
    """

    @contextmanager
    def opened() -> Iterator[Take]:
        with open_file() as file:

            def take(first: int, end: int) -> np.ndarray:
                file.seek(offset + first * array.row_bytes)
                expected = (end - first) * array.row_bytes
                content = file.read(expected)
                if len(content) < expected:
                    raise ReaderError(
                        f"{name} breaks off after {first:,} of {shape[0]:,} rows; download or save it again."
                    )
                return np.frombuffer(content, dtype).reshape(end - first, *shape[1:])

            yield take

    array = Array(name, shape, dtype, opened)
    return array


def plain(values: np.ndarray) -> np.ndarray:
    """Return numbers in a type of this machine's byte order that torch and Pillow know; truth values as 0 and 1."""
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    if values.dtype.kind == "f" and values.dtype.itemsize not in (4, 8):
        return values.astype(np.float32 if values.dtype.itemsize < 4 else np.float64)
    return values.astype(values.dtype.newbyteorder("="), copy=False)
