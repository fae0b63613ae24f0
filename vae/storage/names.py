"""Names of checkpoints and their folders."""

import re
from pathlib import Path

from vae.errors import VaeError
from vae.folders import checkpoints_folder, not_here

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class CheckpointError(VaeError):
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
            f"{name[:100]!r} is no name for a run: use up to 80 letters, digits, dots, dashes and underscores, "
            "beginning with a letter or a digit."
        )
    return checkpoints_folder() / name


def existing_path(name: str) -> Path:
    """Return the folder of an existing checkpoint, sound or damaged.

    Raises:
        CheckpointNameError: when there is no checkpoint of that name.
    """
    # Looked for by name among those that are there, for a folder that somebody else has made may have any name.
    for path in checkpoint_paths():
        if path.name == name:
            return path
    raise CheckpointNameError(f"There is no run called {name[:100]!r} in {checkpoints_folder()}{not_here()}.")


def checkpoint_paths() -> list[Path]:
    """Return the folders of all checkpoints, sound or damaged, sorted by name; hidden ones are none.

    Raises:
        CheckpointError: when the folder of the checkpoints cannot be read, or is no folder.
    """
    folder = checkpoints_folder()
    try:
        found = [path for path in folder.iterdir() if not path.name.startswith(".") and path.is_dir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CheckpointError(f"The folder of the runs, {folder}, cannot be read: {error.strerror}.") from error
    return sorted(found)


def usable_name(text: str) -> str:
    """Turn any text, such as a file's name, into a name that a checkpoint can have."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).lstrip("._-")[:60] or "run"
