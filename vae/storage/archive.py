"""Pack a checkpoint into a zip archive, and take one from an archive, which is looked through whole before it is kept.

Nothing in an archive is run or unpickled. Sizes are compared before anything is unpacked or built, and every file is
checked by the code that reads it later.
"""

import io
import re
import shutil
import struct
import zipfile
import zlib
from lzma import LZMAError
from pathlib import Path, PurePosixPath

from vae.storage.checkpoints import read_checkpoint
from vae.storage.claims import claiming, claiming_unused
from vae.storage.config_file import CONFIG
from vae.storage.files import new_folder
from vae.storage.film import FILMSTRIP, LATENTS, read_filmstrip, read_latents
from vae.storage.header import WEIGHTS, stored
from vae.storage.history import HISTORY
from vae.storage.metrics import METRICS
from vae.storage.models import check_weights
from vae.storage.names import CheckpointError, CheckpointNameError, checkpoint_path, existing_path, usable_name
from vae.storage.notes import NOTE, read_note
from vae.storage.replicates import REPLICATES, read_replicates
from vae.storage.workspace import locked

NEEDED = (CONFIG, WEIGHTS, HISTORY)
FILES = (*NEEDED, METRICS, REPLICATES, FILMSTRIP, LATENTS, NOTE)
LARGEST = 256_000_000  # bytes that the files of an archive may have unpacked
RATIO = 16  # of unpacked to packed bytes, at most: weights, which are most of a checkpoint, hardly shrink at all
SMALL = 1_000_000  # bytes that any archive may unpack to
LARGEST_DIRECTORY = 200_000  # bytes of an archive's table of contents: two thousand files
_END = struct.Struct("<4s4H2LH")  # of that table, at the archive's end (APPNOTE.TXT, section 4.3.16)
_BROKEN = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError, RuntimeError)
_DAMAGED = (ValueError, MemoryError, OverflowError, struct.error)
_COPY = re.compile(r"(\s*\(\d+\))?(\.zip)?$", re.IGNORECASE)  # that browsers put after the name of a file they have


def to_zip(name: str) -> bytes:
    """Pack a checkpoint's files into one zip archive, in a folder of its name, and return its bytes.

    Raises:
        CheckpointError: when there is no checkpoint of that name, or it cannot be read.
    """
    path, buffer = existing_path(name), io.BytesIO()
    try:
        # While the lock is held nobody saves the run: all files are of one epoch.
        with locked():
            content = _read(path)
    except CheckpointError:  # a folder that is read-only, in which nobody saves anything
        content = _read(path)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, each in content.items():
            archive.writestr(f"{name}/{file}", each)
    return buffer.getvalue()


def copy(name: str, new_name: str) -> None:
    """Copy a run, with its measurements and its note, under another name.

    Raises:
        CheckpointError: when there is no run `name`, the new name is bad, taken or claimed, or the folder cannot be
            written.
    """
    path = existing_path(name)
    with claiming(new_name), new_folder(checkpoint_path(new_name)) as folder, locked():
        for file, each in _read(path).items():
            (folder / file).write_bytes(each)


def _read(path: Path) -> dict[str, bytes]:
    try:
        return {file: (path / file).read_bytes() for file in FILES if (path / file).exists()}
    except OSError as error:
        raise CheckpointError(f"{path.name!r} could not be packed: {error.strerror}.") from error


def name_inside(content: bytes, file_name: str) -> str:
    """Return the name that a run has in its archive, which is that of its folder there.

    Where the archive does not say it, that is the name of its file, without the number that a browser puts after it.
    """
    try:
        _check_table_of_contents(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            paths = [PurePosixPath(path) for path in archive.namelist()]
    except (CheckpointError, *_BROKEN, *_DAMAGED):
        paths = []
    for path in paths:
        try:
            if path.name == CONFIG:
                return checkpoint_path(path.parent.name).name
        except CheckpointNameError:
            break
    return usable_name(_COPY.sub("", file_name))


def from_zip(content: bytes, wanted: str) -> str:
    """Unpack a checkpoint from an archive that `to_zip` made, here or elsewhere.

    Args:
        wanted: the name of the new checkpoint; if it is taken, a number is added.

    Returns:
        The name of the new checkpoint.

    Raises:
        CheckpointError: when the archive holds no sound checkpoint, or far more than a checkpoint, or the name is not
            allowed, or the folder cannot be written.
    """
    with claiming_unused(wanted) as name, new_folder(checkpoint_path(name)) as folder:
        _unpack_sound(content, folder)
    return name


def put(content: bytes, name: str) -> None:
    """Unpack a checkpoint from an archive under this name, which the caller has claimed.

    A checkpoint that has the name already is replaced.

    Raises:
        CheckpointError: when the archive holds no sound checkpoint, or far more than a checkpoint, and then the old one
            stays; also when the name is not allowed or the folder cannot be written.
    """
    path = checkpoint_path(name)
    with new_folder(path, stored(path) if path.exists() else None) as folder:
        _unpack_sound(content, folder)


def _unpack_sound(content: bytes, folder: Path) -> None:
    _check_table_of_contents(content)
    try:
        _unpack(content, folder)
    except _BROKEN as error:
        raise CheckpointError(f"The archive cannot be read ({error}).") from error
    except _DAMAGED as error:
        raise CheckpointError(f"The archive is damaged ({error}).") from error
    _check_all(folder)


def _check_table_of_contents(content: bytes) -> None:
    """Refuse an archive with far more files than a checkpoint has, before they are listed."""
    place = content.rfind(b"PK\5\6")
    if place < 0 or len(content) - place < _END.size:
        raise CheckpointError("The archive cannot be read: it is no zip file, or it is cut short.")
    size = _END.unpack_from(content, place)[5]
    if size > LARGEST_DIRECTORY or content[max(0, place - 20) : place].startswith(b"PK\6\7"):
        raise CheckpointError(f"The archive holds far more files than the {len(FILES)} of a run.")


def _unpack(content: bytes, folder: Path) -> None:
    """Unpack the files of a checkpoint, wherever in the archive their folder is, and no others."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {Path(info.filename).name: info for info in archive.infolist() if not info.is_dir()}
        missing = [file for file in NEEDED if file not in members]
        if missing:
            raise CheckpointError(f"The archive holds no run: it lacks {', '.join(missing)}.")
        chosen = {file: members[file] for file in FILES if file in members}
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in chosen.values()):
            # Of the other methods, zipfile unpacks all before it looks at the declared size.
            raise CheckpointError("The archive is packed by a method that is not read here; pack it by deflating.")
        most = min(LARGEST, max(SMALL, RATIO * len(content)))
        if sum(info.file_size for info in chosen.values()) > most:
            raise CheckpointError(f"The archive would unpack to more than {most // 1_000_000} MB, which no run has.")
        for file, info in chosen.items():
            # zipfile reads no more than the declared size and checks the checksum of what it has read.
            with archive.open(info) as packed, (folder / file).open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)


def _check_all(folder: Path) -> None:
    checkpoint = read_checkpoint(folder)
    check_weights(checkpoint)
    optional = {
        FILMSTRIP: lambda: read_filmstrip(checkpoint),
        LATENTS: lambda: read_latents(checkpoint),
        REPLICATES: lambda: read_replicates(folder, checkpoint.metrics.get("quality")),
        NOTE: lambda: read_note(folder),
    }
    for file, read in optional.items():
        if (folder / file).exists() and read() is None:
            raise CheckpointError(f"{file} is damaged, or belongs to another run; the archive was not taken.")
