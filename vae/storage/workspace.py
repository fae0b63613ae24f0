"""The part of the checkpoints' folder in which a process works, and the lock under which processes change the rest.

    checkpoints/.vae/lock       held for the moment in which a process gives, takes or claims a name
    checkpoints/.vae/X          the workspace of a process: what it is writing, its bin, and the names that it claims
    checkpoints/.vae/X.lock     held as long as that process lives

The system releases a lock when its process dies, however it dies. So a workspace whose lock is free belongs to a dead
process, and the next process that works here recovers what is worth it and removes the rest.
"""

import atexit
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from safetensors import SafetensorError

from vae.folders import checkpoints_folder
from vae.storage.leftovers import clear_older_leftovers
from vae.storage.names import CheckpointError

HIDDEN = ".vae"
OLD = "~old"  # the end of the name of a folder that a new one is about to replace; no checkpoint has such a name
PATIENCE = 60.0  # seconds; the lock is held for milliseconds, but its process may be stopped
CLAIMS = "claims"  # the folder of a workspace with an empty file for each name that its process claims
BIN = "bin"
ANY = "[0-9]*-*"  # the pattern of the names of workspaces

_workspaces: dict[Path, tuple[Path, FileLock]] = {}  # of this process, by the checkpoints' folder
_locks: dict[Path, FileLock] = {}  # one for each such folder, so that a thread that holds it may take it again
_threads = threading.RLock()


@contextmanager
def locked() -> Iterator[Path]:
    """Hold the checkpoints' lock, and give the workspace of this process, which is made if need be.

    Raises:
        CheckpointError: when the folder cannot be written, in the block too, or another process keeps the lock.
    """
    folder = checkpoints_folder().resolve()
    try:
        with _threads:
            (folder / HIDDEN).mkdir(parents=True, exist_ok=True)
            lock = _locks.setdefault(folder, FileLock(folder / HIDDEN / "lock", thread_local=False))
            with lock.acquire(PATIENCE):
                yield _workspace(folder)
    except Timeout as error:
        raise CheckpointError(
            f"Another process has kept the lock {error.lock_file} for {PATIENCE:.0f} seconds: end it, and try again."
        ) from error
    except (OSError, SafetensorError) as error:  # the latter when safetensors finds the disk full
        raise cannot_write(folder, error) from error


def cannot_write(path: Path, error: Exception) -> CheckpointError:
    """Return the error that says in a sentence why something could not be written."""
    return CheckpointError(f"{path} could not be written: {getattr(error, 'strerror', None) or error}.")


def claimed() -> set[str]:
    """Return the names that living processes have claimed; call it while the lock is held."""
    _clear_up(checkpoints_folder().resolve())
    return {path.name for path in (checkpoints_folder().resolve() / HIDDEN).glob(f"{ANY}/{CLAIMS}/*")}


def _workspace(folder: Path) -> Path:
    """Return this process's workspace in a checkpoints' folder; a new one begins by clearing up after dead processes.

    Call it while the lock is held.
    """
    path, lock = _workspaces.get(folder, (None, None))
    if path is not None and path.is_dir() and lock is not None and lock.is_locked and os.path.exists(lock.lock_file):
        return path
    _clear_up(folder)
    clear_older_leftovers(folder)
    path = folder / HIDDEN / f"{os.getpid()}-{secrets.token_hex(4)}"
    lock = FileLock(path.with_suffix(".lock"), thread_local=False)
    lock.acquire(timeout=0)
    path.mkdir()
    if folder not in _workspaces:
        atexit.register(_leave, folder)
    _workspaces[folder] = path, lock
    return path


def _leave(folder: Path) -> None:
    path, lock = _workspaces.pop(folder)
    shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        os.unlink(lock.lock_file)
    lock.release()


def _clear_up(folder: Path) -> None:
    """Remove the workspaces of dead processes; a run that one of them was about to replace gets its name back."""
    for path in (folder / HIDDEN).glob(ANY):
        if not path.is_dir():
            continue
        lock = FileLock(path.with_suffix(".lock"), thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue  # its process lives
        with lock:
            for old in path.glob(f"*/*{OLD}"):
                target = folder / old.name.removesuffix(OLD)
                if old.is_dir() and not target.exists():
                    old.rename(target)
            shutil.rmtree(path, ignore_errors=True)
            with suppress(OSError):
                os.unlink(lock.lock_file)
