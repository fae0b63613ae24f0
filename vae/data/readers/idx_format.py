"""IDX files, in which MNIST and its like come, plain or gzipped: their headers, their size and their values."""

import gzip
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from math import prod
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from vae.data.readers.arrays import Array, broken, opened_file, streamed
from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Files
from vae.data.readers.listing import shown

# The third byte of a file is the type of its values, the fourth the number of its dimensions, of which each follows
# as four bytes, the highest first (LeCun, Cortes & Burges, 'The MNIST database').
TYPES = {8: "u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
MOST_DIMENSIONS = 4
GZIP = b"\x1f\x8b"
FULL_PACKING = 1_100  # times that gzip makes anything smaller, at most
STEP = 2**20  # bytes


def begins_as_idx(files: Files, path: str) -> bool:
    """Tell whether a file, or what is packed in it, begins as IDX files do."""
    start = files.read(path, 1_000)
    if start.startswith(GZIP):
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, 8)
        except zlib.error:
            return False
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in TYPES and 1 <= start[3] <= MOST_DIMENSIONS


def idx_array(files: Files, path: str) -> Array:
    """Return the array of an IDX file.

    Raises:
        ReaderError: when it has another size than its header promises, as after half a download.
    """
    local = files.local(path)
    with broken(path):
        packed = files.read(path, 2) == GZIP
        opened = partial(_unpacked if packed else opened_file, local)
        with opened() as file:
            start = file.read(4)
            sides = file.read(4 * start[3])
        if len(sides) < 4 * start[3]:
            raise ReaderError(_cut_off(path, "its header is not complete"))
        shape = struct.unpack(f">{start[3]}I", sides)
        dtype = np.dtype(TYPES[start[2]])
        expected = 4 + len(sides) + prod(shape) * dtype.itemsize
        size = local.stat().st_size
        if packed:
            _check_packed(path, local, size, expected)
        elif size != expected:
            raise ReaderError(_cut_off(path, f"it has {size:,} bytes where its header promises {expected:,}"))
    return streamed(shown(path), shape, dtype, 4 + len(sides), opened)


def _check_packed(path: str, local: Path, size: int, expected: int) -> None:
    if expected > FULL_PACKING * size:
        raise ReaderError(_cut_off(path, f"{size:,} bytes cannot hold the {expected:,} that its header promises"))
    with local.open("rb") as file:
        file.seek(-4, 2)
        last = struct.unpack("<I", file.read(4))[0]  # the size of what is packed, modulo 2**32
    if last == expected % 2**32:
        return
    # Files of several parts have another number there, so that only unpacking tells.
    found = 0
    try:
        with gzip.open(local) as unpacked:
            while found <= expected and (step := len(unpacked.read(STEP))):
                found += step
    except (EOFError, OSError, zlib.error) as error:
        raise ReaderError(_cut_off(path, "what is packed in it breaks off")) from error
    if found != expected:
        more = "more" if found > expected else f"{found:,}"
        raise ReaderError(_cut_off(path, f"it unpacks to {more} bytes where its header promises {expected:,}"))


def _cut_off(path: str, why: str) -> str:
    return f"{shown(path)} is not complete or damaged ({why}); delete it and download it again."


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    with gzip.open(path) as file:
        yield cast(BinaryIO, file)
