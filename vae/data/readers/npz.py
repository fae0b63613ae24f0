"""NumPy's `.npz` archives, as Keras, MedMNIST, scikit-learn and dSprites fill them."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

import numpy as np

from vae.data.readers.arrays import CLOSEST, LARGE, LARGEST_WHOLE, Array, Take, broken, streamed, unread
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Files, Options
from vae.data.readers.listing import shown
from vae.data.readers.named_arrays import collected
from vae.data.readers.npy import LONGEST_HEADER, MAGIC, Header, header
from vae.data.readers.parts import candidates

ZIP = b"PK\x03\x04"
MOST_ARRAYS = 200


def recognised(files: Files, options: Options) -> Collection | None:
    """Read the arrays of `.npz` archives as images, labels and columns by their names.

    Raises:
        ReaderError: when an archive is damaged or holds no images.
    """
    found = {path: _arrays(files, path) for path in candidates(files, (".npz",)) if files.read(path, 4) == ZIP}
    found = {path: arrays for path, arrays in found.items() if arrays}
    if not found:
        return None
    if len(found) == 1:
        return collected(next(iter(found.values())), "A NumPy archive", options)
    keys = {
        f"{PurePosixPath(path).with_suffix('')}/{key}": array
        for path, arrays in found.items()
        for key, array in arrays.items()
    }
    return collected(keys, "NumPy archives", options)


def _arrays(files: Files, path: str) -> dict[str, Array]:
    """Return the arrays in a zip archive by their names; none where it is no archive of arrays."""
    local = files.local(path)
    with broken(path), zipfile.ZipFile(local) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
        if not members or 2 * len(members) < len(archive.namelist()):
            return {}
        if len(members) > MOST_ARRAYS:
            raise ReaderError(
                f"{path} holds {len(members):,} arrays; save all images as one array (N, height, width) in it."
            )
        return {
            member.filename.removesuffix(".npy"): _array(
                archive, member, local, shown(f"{path}: {member.filename[:-4]}")
            )
            for member in members
        }


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, local: Path, name: str) -> Array:
    with broken(name), archive.open(member) as file:
        start = file.read(LONGEST_HEADER)
    if not start.startswith(MAGIC):
        raise ReaderError(f"{name} is no array in NumPy's format; save the archive again with np.savez.")
    found = header(start, name)
    if found.dtype.hasobject:
        return unread(name, found.shape, found.dtype)
    if member.file_size != found.size:
        raise ReaderError(
            f"{name} has {member.file_size:,} bytes where its header promises {found.size:,}; download or save the "
            "archive again."
        )
    if found.size > LARGE and found.size > CLOSEST * member.compress_size:
        raise ReaderError(
            f"{name} unpacks to {found.size / member.compress_size:,.0f} times its size, as no images do; save it "
            "again with np.savez, unpacked."
        )
    opened = partial(_opened, local, member.filename)
    if found.fortran:
        return Array(name, found.shape, found.dtype, partial(_by_columns, name, found, opened))
    return streamed(name, found.shape, found.dtype, found.offset, opened)


@contextmanager
def _opened(path: Path, member: str) -> Iterator[BinaryIO]:
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        yield cast(BinaryIO, file)


@contextmanager
def _by_columns(name: str, found: Header, opened: partial) -> Iterator[Take]:
    """Unpack all of an array in Fortran's order, whose rows are spread over it."""
    if found.size > LARGEST_WHOLE:
        raise ReaderError(f"{name} is stored column by column; save it again through np.ascontiguousarray.")
    with opened() as file:
        content = file.read(found.size)
    values = np.frombuffer(content, found.dtype, offset=found.offset).reshape(found.shape, order="F")
    yield lambda first, end: np.array(values[first:end])
