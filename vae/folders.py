"""The folders of the project and of its checkpoints, and the way in which a file there is replaced whole."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BESIDE = Path(__file__).resolve().parent.parent
APP = "streamlit_app.py"  # which stands in the project's folder, and nowhere where the package alone is installed
# The project's folder. An installed package has none around it, and works in the folder that it is started in.
ROOT = _BESIDE if (_BESIDE / APP).exists() else Path.cwd()


def not_here() -> str:
    """Return the end of a sentence on something that is missing: where the project's own models and images are.

    It is empty in the project's folder, where whatever is missing has another reason.
    """
    if (ROOT / APP).exists():
        return ""
    return "; the models and images that come with the project are in its repository, so run vae in a checkout of it"


def checkpoints_folder() -> Path:
    """Return the folder of the checkpoints: the one that VAE_CHECKPOINTS names, or `checkpoints/` of the project."""
    return Path(os.environ.get("VAE_CHECKPOINTS") or ROOT / "checkpoints")


def imported_folder() -> Path:
    """Return the folder of imported image sets: the one that VAE_IMPORTED names, or one in the project's cache."""
    return Path(os.environ.get("VAE_IMPORTED") or ROOT / ".cache" / "imported")


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Give the path of a temporary file to write, which takes the place of `path` when the block ends well.

    A reader finds the old file or the new one, never a part. Folders that are missing are made.

    Raises:
        OSError: when it cannot be written; what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{threading.get_ident()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
