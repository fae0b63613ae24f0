"""The folder of an imported set while it is made: hidden, and renamed into place when it is whole."""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from vae.data.imported.about import ImportedSetError, set_path

DAY = 86_400.0  # seconds; a younger lock without a folder may belong to a process that is about to make it


@contextmanager
def making(name: str) -> Iterator[Path]:
    """Give a hidden folder to fill for a block, which becomes the imported set of this name when the block ends well.

    When it does not, the folder is removed. The system releases its lock when its process dies, so that whoever
    imports next clears it up.

    Raises:
        ImportedSetError: for a name that is not allowed or taken, or when something in the block cannot be written.
    """
    target = set_path(name)
    refuse_taken(name)
    hidden = target.with_name(f".{name}-{os.getpid()}-{secrets.token_hex(4)}")
    lock = FileLock(_lock_path(hidden), thread_local=False)
    absent = not target.parent.exists()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        clear_up(target.parent)
        with lock:
            hidden.mkdir()
            try:
                yield hidden
                hidden.rename(target)
            finally:
                shutil.rmtree(hidden, ignore_errors=True)
                Path(lock.lock_file).unlink(missing_ok=True)
    except OSError as error:
        refuse_taken(name)  # another process was faster
        raise ImportedSetError(
            f"The images could not be written to {target.parent}: {error.strerror or error}; nothing is kept of them."
        ) from error
    finally:
        if absent:
            with suppress(OSError):  # it holds something
                target.parent.rmdir()


def refuse_taken(name: str) -> None:
    """Raise ImportedSetError if a set of this name is there already."""
    if set_path(name).exists():
        raise ImportedSetError(f"There are images called {name!r} already; choose another name, or delete them first.")


def clear_up(folder: Path) -> None:
    """Remove from the folder of the imported sets what processes that are dead by now were making or deleting."""
    for path in [*folder.glob(".*")]:
        if path.suffix == ".lock":
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > DAY and not path.with_suffix("").exists():
                    path.unlink()
        elif path.is_dir():
            lock = FileLock(_lock_path(path), thread_local=False)
            with suppress(Timeout, OSError), lock.acquire(timeout=0):
                shutil.rmtree(path, ignore_errors=True)
                Path(lock.lock_file).unlink(missing_ok=True)


def _lock_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
