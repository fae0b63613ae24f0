"""NumPy's `.npy` files: one array of images, arrays of images and labels side by side, or one array a class."""

import io
import warnings
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path, PurePosixPath

import numpy as np

from vae.data.readers.arrays import Array, broken, in_memory, opened_file, streamed, unread
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Files, Options
from vae.data.readers.listing import shown
from vae.data.readers.named_arrays import collected
from vae.data.readers.parts import candidates

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000  # bytes; NumPy reads no longer ones either, since a long literal may crash the parser


@dataclass(frozen=True)
class Header:
    """The beginning of an array in NumPy's format."""

    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    offset: int  # bytes from the beginning to the first value

    @property
    def size(self) -> int:
        """The bytes that the array takes with its header."""
        return self.offset + prod(self.shape) * self.dtype.itemsize


def recognised(files: Files, options: Options) -> Collection | None:
    """Read `.npy` files as images, labels and columns by their names, or as one class each.

    Raises:
        ReaderError: when they are damaged or hold no images.
    """
    paths = [path for path in candidates(files, (".npy",)) if files.read(path, len(MAGIC)) == MAGIC]
    if not paths:
        return None
    arrays = {str(PurePosixPath(path).with_suffix("")): _array(files.local(path), shown(path)) for path in paths}
    return collected(arrays, "NumPy arrays" if len(arrays) > 1 else "A NumPy array", options)


def header(start: bytes, name: str) -> Header:
    """Read the header of an array in NumPy's format from its first `LONGEST_HEADER` bytes and a few more.

    Raises:
        ReaderError: when it is damaged or no array of one type.
    """
    with broken(name):
        length = 2 if start[6] == 1 else 4
        offset = 8 + length + int.from_bytes(start[8 : 8 + length], "little")
        if start[6] not in (1, 2) or not 8 + length < offset <= min(len(start), LONGEST_HEADER):
            raise ReaderError(f"{name} is no complete NumPy array of numbers; save it again with np.save.")
        read = np.lib.format.read_array_header_1_0 if length == 2 else np.lib.format.read_array_header_2_0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of headers that Python 2 wrote
            shape, fortran, dtype = read(io.BytesIO(start[8:offset]))
        if any(side < 0 for side in shape):
            raise ReaderError(f"{name} is damaged (its shape is {shape}); save it again.")
        return Header(shape, dtype, fortran and len(shape) > 1, offset)


def _array(path: Path, name: str) -> Array:
    with broken(name), path.open("rb") as file:
        found = header(file.read(LONGEST_HEADER), name)
        size = path.stat().st_size
    if found.dtype.hasobject:
        return unread(name, found.shape, found.dtype)
    if size < found.size:
        raise ReaderError(
            f"{name} has {size:,} bytes where its header promises {found.size:,}; copy or download it again."
        )
    if found.fortran:  # rows are spread over the file
        return in_memory(name, np.memmap(path, found.dtype, "r", found.offset, found.shape, "F"))
    return streamed(name, found.shape, found.dtype, found.offset, partial(opened_file, path))
