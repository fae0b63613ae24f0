"""Open what somebody has brought, and find as what it can be read: by its content, never by its name alone."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from vae.data.readers import (
    arrays,
    cifar_files,
    csv_files,
    folders,
    hdf5_files,
    idx_files,
    mat_files,
    npy,
    npz,
    parquet_files,
    tiff_stack,
    webdataset,
)
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Files, Options
from vae.data.readers.folder_files import FolderFiles
from vae.data.readers.listing import is_archive, shown
from vae.data.readers.picture_list import HEAD, suffix_of
from vae.data.readers.pictures import LIST, SUFFIXES, kind
from vae.data.readers.source import Source, opened
from vae.data.readers.tar_files import TarFiles, is_tar
from vae.data.readers.zip_files import ZipFiles

Reader = Callable[[Files, Options], Collection | None]

OF_PICTURES: tuple[Reader, ...] = (webdataset.recognised, tiff_stack.recognised, folders.recognised)
OF_ARRAYS: tuple[Reader, ...] = (
    *(npz.recognised, npy.recognised, idx_files.recognised, parquet_files.recognised, mat_files.recognised),
    *(hdf5_files.recognised, csv_files.recognised, cifar_files.recognised),  # the last one refuses pickles
)

READABLE = (
    f"images are read from a folder, a zip or a tar archive of {LIST} files, and from .npz, .npy, IDX, CSV, Parquet, "
    ".mat and HDF5 files"
)
_ZIP = (b"PK\3\4", b"PK\5\6")
_REFUSED = {
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard",
}


def open_source(path: Path) -> Source:
    """Open a folder, an archive or a file, which the caller closes.

    Raises:
        ReaderError: when there is none, or it is damaged, unsafe, far too large or of a kind that is not read.
    """
    name = shown(path.name or str(path))
    try:
        path = path.expanduser()
        if path.is_dir():
            return FolderFiles(path)
        if not path.exists():
            raise ReaderError(f"There is no file or folder {shown(str(path))}; look at the path again.")
        if not path.is_file():
            raise ReaderError(f"{name} is neither a file nor a folder; choose one of these.")
    except (OSError, ValueError, RuntimeError) as error:
        raise ReaderError(f"{name} cannot be opened ({error}); look at the path again.") from error
    with opened(path) as file:
        head = file.read(HEAD)
    for mark, told in _REFUSED.items():
        if head.startswith(mark):
            raise ReaderError(f"{name} is {told}, which is not read here; unpack it and import the folder.")
    if head.startswith(_ZIP):
        return _zip_or_array(path, head)
    return TarFiles(path) if is_tar(path) else FolderFiles(path)


def collect(files: Files, options: Options | None = None) -> Collection:
    """Find the images among files by asking every reader, those of pictures first where these are most of the bytes.

    Raises:
        ReaderError: when no reader knows the files, or one does and finds them wrong.
    """
    pictures = sum(size for path, size in files.sizes.items() if suffix_of(path) in SUFFIXES)
    first, second = OF_PICTURES, OF_ARRAYS
    if 2 * pictures < sum(files.sizes.values()):
        first, second = second, first
    for reader in (*first, *second):
        if (found := reader(files, options or Options())) is not None:
            return found
    raise ReaderError(_unknown(files))


def _zip_or_array(path: Path, head: bytes) -> Source:
    """Open a zip archive; numpy's own archive of arrays is one file."""
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]  # the name of its first file
    files = ZipFiles(path, arrays.CLOSEST) if first.endswith(b".npy") else ZipFiles(path)
    names = list(files.sizes)
    if names and all(name.endswith(".npy") for name in names) and files.read(names[0], 6) == b"\x93NUMPY":
        files.close()
        return FolderFiles(path)
    return files


def _unknown(files: Files) -> str:
    """Say in a sentence what was seen and what could be read."""
    if not files.sizes:
        told = f" ({' '.join(files.remarks).rstrip('.')})" if files.remarks else ""
        return f"{files.name} holds no files that could be images{told}; {READABLE}."
    path = next((path for path in files.sizes if suffix_of(path) in SUFFIXES), next(iter(files.sizes)))
    try:
        found = kind(files.read(path, HEAD))
    except ReaderError:
        found = "unreadable"
    if (archive := next(filter(is_archive, files.sizes), None)) is not None:
        return f"{files.name} holds no images but archives such as {shown(archive)}; import these one by one."
    if len(files.sizes) == 1:
        return f"{shown(path)} is {found} and holds no images that could be read; {READABLE}."
    suffixes = Counter(suffix_of(path) or "without an ending" for path in files.sizes).most_common(4)
    seen = ", ".join(f"{count:,} {suffix}" for suffix, count in suffixes)
    return f"{files.name} holds {seen} and no images that could be read: {shown(path)} is {found}; {READABLE}."
