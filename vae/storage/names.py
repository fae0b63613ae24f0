"""Names of checkpoints and their folders."""

import re
from collections.abc import Collection
from pathlib import Path

from vae.folders import checkpoints_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class CheckpointError(Exception):
    """A checkpoint that cannot be written or read; the message is one sentence for the user."""


class CheckpointNameError(CheckpointError):
    """A name that is not allowed, is taken, or belongs to no checkpoint."""


def checkpoint_path(name: str) -> Path:
    """Return the folder of the checkpoint with this name, whether it exists or not.

    Raises:
        CheckpointNameError: for a name that could point outside the checkpoints or that a file system may refuse.
    """
    if not _NAME.fullmatch(name):
        raise CheckpointNameError(
            f"{name!r} is no name for a checkpoint: use up to 80 letters, digits, dots, dashes and underscores, "
            "beginning with a letter or a digit."
        )
    return checkpoints_folder() / name


def free_path(name: str) -> Path:
    """Return the folder of a checkpoint that is not there yet.

    Raises:
        CheckpointNameError: for a bad name, or one that is taken.
    """
    path = checkpoint_path(name)
    if path.exists():
        raise CheckpointNameError(f"There is a checkpoint called {name!r} already; choose another name or delete it.")
    return path


def unused_name(wanted: str, reserved: Collection[str] = ()) -> str:
    """Return `wanted` or, if it is taken or reserved, the first of wanted-2, wanted-3, … that is neither."""
    name, number = wanted, 1
    while name in reserved or checkpoint_path(name).exists():
        number += 1
        name = f"{wanted}-{number}"
    return name


def existing_path(name: str) -> Path:
    """Return the folder of an existing checkpoint, sound or damaged.

    Raises:
        CheckpointNameError: when there is no checkpoint of that name.
    """
    path = checkpoint_path(name)
    if not path.is_dir():
        raise CheckpointNameError(f"There is no checkpoint called {name!r} in {path.parent}.")
    return path


def usable_name(text: str) -> str:
    """Turn any text, such as a file's name, into a name that a checkpoint can have."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).lstrip("._-")[:60] or "run"
