"""Rename checkpoints, put them into the bin, and recover them from it."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vae.folders import checkpoints_folder
from vae.storage.names import CheckpointError, checkpoint_path, existing_path, free_path, unused_name

_BIN = ".bin"


@dataclass(frozen=True)
class Discarded:
    """A checkpoint in the bin."""

    name: str
    path: Path


def rename(name: str, new_name: str) -> None:
    """Give a checkpoint another name.

    Raises:
        CheckpointError: when there is no checkpoint `name`, the new name is bad or taken, or the folder is read-only.
    """
    path, target = existing_path(name), free_path(new_name)
    try:
        path.rename(target)
    except OSError as error:
        raise CheckpointError(f"{name!r} could not be renamed: {error.strerror}.") from error


def discard(name: str) -> Discarded:
    """Put a checkpoint, sound or damaged, into the bin, from which `recover` takes it back.

    Raises:
        CheckpointError: when there is no checkpoint of that name, or it cannot be moved.
    """
    path = existing_path(name)
    try:
        (path.parent / _BIN).mkdir(exist_ok=True)
        target = Path(tempfile.mkdtemp(dir=path.parent / _BIN)) / name
        path.rename(target)
    except OSError as error:
        raise CheckpointError(f"{name!r} could not be deleted: {error.strerror}.") from error
    return Discarded(name, target)


def recover(discarded: Discarded) -> str:
    """Take a checkpoint out of the bin and return its name, to which a number is added if it is taken by now.

    Raises:
        CheckpointError: when it is no longer in the bin.
    """
    name = unused_name(discarded.name)
    try:
        discarded.path.rename(checkpoint_path(name))
        discarded.path.parent.rmdir()
    except OSError as error:
        raise CheckpointError(f"{discarded.name!r} is no longer there to be recovered.") from error
    return name


def empty_bin() -> None:
    """Delete the discarded checkpoints for good; those that cannot be deleted stay."""
    shutil.rmtree(checkpoints_folder() / _BIN, ignore_errors=True)
