"""Pack a checkpoint into a zip archive and take one from an archive."""

import io
import tempfile
import zipfile
from pathlib import Path

from vae.folders import checkpoints_folder
from vae.storage.checkpoints import load_model, read_checkpoint
from vae.storage.files import replace_folder
from vae.storage.names import CheckpointError, checkpoint_path, existing_path, unused_name
from vae.storage.replicates import REPLICATES

NEEDED = ("config.json", "model.safetensors", "history.csv")
FILES = (*NEEDED, "metrics.json", REPLICATES, "filmstrip.png", "latents.safetensors")
LARGEST = 256_000_000  # bytes that the files of an archive may have unpacked


def to_zip(name: str) -> bytes:
    """Pack a checkpoint's files into one zip archive, in a folder of its name, and return its bytes.

    Raises:
        CheckpointError: when there is no checkpoint of that name, or it cannot be read.
    """
    path, buffer = existing_path(name), io.BytesIO()
    try:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in FILES:
                if (path / file).exists():
                    archive.write(path / file, f"{name}/{file}")
    except OSError as error:
        raise CheckpointError(f"{name!r} could not be packed: {error.strerror}.") from error
    return buffer.getvalue()


def from_zip(content: bytes, wanted: str) -> str:
    """Unpack a checkpoint from an archive that `to_zip` made, here or elsewhere; nothing in it is run or unpickled.

    Args:
        wanted: the name of the new checkpoint; if it is taken, a number is added.

    Returns:
        The name of the new checkpoint.

    Raises:
        CheckpointError: when the archive holds no sound checkpoint, or more than 256 MB, or the name is not allowed.
    """
    name = unused_name(wanted)
    folder = checkpoints_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".upload-", dir=folder) as temporary:
        path = Path(temporary) / name
        path.mkdir()
        _unpack_sound(content, path)
        path.rename(folder / name)
    return name


def put(content: bytes, name: str) -> None:
    """Unpack a checkpoint from an archive under this name; a checkpoint that has the name already is replaced.

    Raises:
        CheckpointError: when the archive holds no sound checkpoint, or more than 256 MB, and then the old one stays;
            also when the name is not allowed or the folder cannot be written.
    """
    path = checkpoint_path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_folder(path) as folder:
            _unpack_sound(content, folder)
    except OSError as error:
        raise CheckpointError(f"The checkpoint {path} could not be written: {error.strerror or error}.") from error


def _unpack_sound(content: bytes, path: Path) -> None:
    _unpack(content, path)
    load_model(read_checkpoint(path))


def _unpack(content: bytes, path: Path) -> None:
    """Unpack the files of a checkpoint, wherever in the archive their folder is, and no others."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {Path(info.filename).name: info for info in archive.infolist() if not info.is_dir()}
            missing = [file for file in NEEDED if file not in members]
            if missing:
                raise CheckpointError(f"The archive holds no checkpoint: it lacks {', '.join(missing)}.")
            chosen = {file: members[file] for file in FILES if file in members}
            if sum(info.file_size for info in chosen.values()) > LARGEST:
                raise CheckpointError(f"The archive would unpack to more than {LARGEST // 1_000_000} MB.")
            for file, info in chosen.items():
                # zipfile reads no more than the declared size and checks the checksum of what it has read.
                (path / file).write_bytes(archive.read(info))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise CheckpointError(f"The archive cannot be read ({error}).") from error
