"""HDF5 files, and MATLAB's from version 7.3 on, which are such files with their axes in reverse."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from vae.data.readers.arrays import CLOSEST, LARGE, LARGEST_WHOLE, Array, Take, broken, unread
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Files, Options
from vae.data.readers.labels import texts
from vae.data.readers.listing import shown
from vae.data.readers.matlab_axes import counts_of, image_axis, with_digits_from_0
from vae.data.readers.named_arrays import collected
from vae.data.readers.parts import candidates

SIGNATURE = b"\x89HDF\r\n\x1a\n"
PLACES = (0, 512, 1_024, 2_048)  # of the signature: other programs may keep something in front of it
MATLAB = b"MATLAB 7.3"
MOST_ARRAYS = 200
LARGEST_CHUNKS = 64 * 2**20  # bytes of unpacked chunks that are kept while rows of them are read


def recognised(files: Files, options: Options) -> Collection | None:
    """Read the arrays of HDF5 files as images, labels and columns by their names.

    Raises:
        ReaderError: when h5py is not installed, or a file is damaged or holds no images.
    """
    paths = [path for path in candidates(files, (".h5", ".hdf5", ".hdf", ".mat")) if _is_hdf5(files, path)]
    if not paths:
        return None
    arrays: dict[str, Array] = {}
    from_matlab = False
    for path in paths:
        matlab = files.read(path, len(MATLAB)) == MATLAB
        from_matlab = from_matlab or matlab
        prefix = f"{PurePosixPath(path).with_suffix('')}/"
        arrays |= {prefix + key: array for key, array in _arrays(path, files.local(path), matlab).items()}
    if not arrays:
        raise ReaderError(f"{files.name} holds no arrays of its own; save all images as one array in it.")
    found = collected(arrays, "HDF5" if not from_matlab else "MATLAB's HDF5", options)
    return with_digits_from_0(found) if from_matlab else found


def _is_hdf5(files: Files, path: str) -> bool:
    start = files.read(path, PLACES[-1] + len(SIGNATURE))
    return any(start[place : place + len(SIGNATURE)] == SIGNATURE for place in PLACES)


def _h5py(path: str) -> Any:  # it has no types
    try:
        import h5py
    except ImportError as error:
        raise ReaderError(
            f"{path} is an HDF5 file, which needs h5py; run `pip install -r requirements-images.txt`."
        ) from error
    return h5py


def _arrays(path: str, local: Path, matlab: bool) -> dict[str, Array]:
    """Return all arrays that are in the file itself: what a link or a table names in another file is not read."""
    h5py = _h5py(path)
    shapes: dict[str, tuple[tuple[int, ...], np.dtype]] = {}

    def look(name: str, found: Any) -> None:
        if not isinstance(found, h5py.Dataset) or found.shape is None or not found.shape:
            return
        if name.startswith("#") or found.is_virtual or found.external:  # MATLAB keeps parts of cells below `#refs#`
            return
        _check_size(f"{path}: {name}", found)
        if len(shapes) >= MOST_ARRAYS:
            raise ReaderError(f"{path} holds more than {MOST_ARRAYS} arrays; save all images as one array.")
        shapes[name] = (tuple(map(int, found.shape)), found.dtype)

    with broken(path), h5py.File(local, "r") as file:
        file.visititems(look)
    turned = {name: shape[::-1] if matlab else shape for name, (shape, _) in shapes.items()}
    counts = counts_of(turned)
    return {
        name: _array(shown(f"{path}: {name}"), local, name, turned[name], dtype, counts if matlab else None)
        for name, (_, dtype) in shapes.items()
    }


def _check_size(name: str, found: Any) -> None:
    size, stored = found.size * found.dtype.itemsize, found.id.get_storage_size()
    if size > LARGE and size > CLOSEST * stored:
        raise ReaderError(
            f"{name} promises {size / 1e6:,.0f} MB and {stored / 1e6:,.1f} MB are stored; download or save it again."
        )
    if found.chunks and np.prod(found.chunks, dtype=float) * found.dtype.itemsize > LARGEST_WHOLE:
        raise ReaderError(f"{name} is stored in chunks too large to be read one by one; save it in smaller ones.")


def _array(
    title: str, local: Path, key: str, shape: tuple[int, ...], dtype: np.dtype, counts: set[int] | None
) -> Array:
    """Return an array of a file; `counts` are given for MATLAB's, of which `shape` is as MATLAB has it."""
    import h5py

    matlab = counts is not None
    axis = image_axis(shape, counts) if counts is not None else 0
    if matlab and max(shape) == np.prod(shape):
        axis = int(np.argmax(shape))
    moved = (shape[axis], *shape[:axis], *shape[axis + 1 :])
    is_text = h5py.check_string_dtype(dtype) is not None
    if dtype.hasobject and not is_text:
        return unread(title, moved, dtype)
    opened = partial(_opened, local, key, axis, matlab, is_text)
    return Array(title, moved, np.dtype("U1") if is_text else dtype, opened)


@contextmanager
def _opened(local: Path, key: str, axis: int, matlab: bool, is_text: bool) -> Iterator[Take]:
    import h5py

    with h5py.File(local, "r", rdcc_nbytes=LARGEST_CHUNKS) as file:
        stored = file[key]

        def take(first: int, end: int) -> np.ndarray:
            place = stored.ndim - 1 - axis if matlab else 0
            found = stored[(*[slice(None)] * place, slice(first, end))]
            if is_text:
                return texts(found.reshape(-1).tolist()).reshape(found.shape)
            return np.moveaxis(found.T, axis, 0) if matlab else found

        yield take
