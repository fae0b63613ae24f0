"""Rename checkpoints, put them into the bin, and recover them from it.

A process has a bin of its own, in its workspace: what is in it goes when the process ends.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from vae.storage.claims import claiming, claiming_unused, refuse_claimed
from vae.storage.names import CheckpointError, checkpoint_path, existing_path, usable_name
from vae.storage.shipped import refuse_shipped
from vae.storage.workspace import BIN, locked


@dataclass(frozen=True)
class Discarded:
    """A checkpoint in the bin."""

    name: str
    path: Path


def rename(name: str, new_name: str) -> None:
    """Give a checkpoint another name.

    Raises:
        CheckpointError: when there is no checkpoint `name`, it comes with the project, the new name is bad, taken or
            claimed, the run is being trained, or the folder is read-only.
    """
    target = checkpoint_path(new_name)
    with locked():
        path = existing_path(name)
        refuse_shipped(path, "renamed")
        refuse_claimed(name, "rename")
        with claiming(new_name):
            path.rename(target)


def discard(name: str) -> Discarded:
    """Put a checkpoint, sound or damaged, into the bin, from which `recover` takes it back.

    Raises:
        CheckpointError: when there is no checkpoint of that name, it comes with the project, it is being trained, or it
            cannot be moved.
    """
    with locked() as workspace:
        path = existing_path(name)
        refuse_shipped(path, "deleted")
        refuse_claimed(name, "delete")
        (workspace / BIN).mkdir(exist_ok=True)
        target = Path(tempfile.mkdtemp(dir=workspace / BIN)) / name
        path.rename(target)
    return Discarded(name, target)


def recover(discarded: Discarded) -> str:
    """Take a checkpoint out of the bin and return its name, to which a number is added if it is taken by now.

    Raises:
        CheckpointError: when it is no longer in the bin.
    """
    with locked():
        if not discarded.path.is_dir():
            raise CheckpointError(f"{discarded.name!r} is no longer there to be recovered.")
        with claiming_unused(usable_name(discarded.name)) as name:
            discarded.path.rename(checkpoint_path(name))
            discarded.path.parent.rmdir()
    return name
