"""MATLAB's `.mat` files, of any version, as SVHN comes in them."""

from pathlib import PurePosixPath

from vae.data.readers import matlab_process
from vae.data.readers.arrays import Array, in_memory
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Files, Options
from vae.data.readers.listing import shown
from vae.data.readers.matlab_axes import images_first, with_digits_from_0
from vae.data.readers.named_arrays import collected
from vae.data.readers.parts import candidates

MAGIC = b"MATLAB 5.0 MAT-file"


def recognised(files: Files, options: Options) -> Collection | None:
    """Read the arrays of MATLAB files, up to version 7.2, as images, labels and columns by their names.

    Raises:
        ReaderError: when a file is damaged, too large, or holds no images.
    """
    paths = [path for path in candidates(files, (".mat",)) if files.read(path, len(MAGIC)) == MAGIC]
    if not paths:
        return None
    found = {path: matlab_process.read(path, files.local(path)) for path in paths}
    if not any(found.values()):
        raise ReaderError(f"{files.name} holds no arrays of numbers; save all images as one array in it.")
    arrays: dict[str, Array] = {}
    for path, values in found.items():
        prefix = f"{PurePosixPath(path).with_suffix('')}/"
        for key, array in images_first(values).items():
            arrays[prefix + key] = in_memory(shown(f"{path}: {key}"), array)
    return with_digits_from_0(collected(arrays, "A MATLAB file" if len(paths) == 1 else "MATLAB files", options))
