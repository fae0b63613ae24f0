"""A temporary folder for what is unpacked, within the quota, which goes when its source or its process ends."""

import shutil
import tempfile
import uuid
import weakref
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from vae.data.imported.shelf import quota
from vae.data.readers.collection import ReaderError
from vae.data.readers.listing import shown

PREFIX = "vae-unpacked-"
SPARE = 100_000_000  # bytes of the disk that stay free


def check_room(whole: int, more: int, what: str) -> None:
    """Refuse to unpack what is more than the quota of imported sets as a whole, or for whose rest the disk has no room.

    Raises:
        ReaderError: naming the remedy.
    """
    most, folder = quota(), tempfile.gettempdir()
    if whole > most:
        raise ReaderError(
            f"{what} would unpack to more than the {most / 1e9:.3g} GB of the quota; set VAE_IMPORTED_GB to more."
        )
    if more > shutil.disk_usage(folder).free - SPARE:
        raise ReaderError(
            f"{what} needs {more / 1e9:.2f} GB for what is unpacked, which {folder} has not free; set TMPDIR to a "
            "folder that has."
        )


class Scratch:
    """A folder that is made when the first file is kept; a lock tells other processes that its own still lives."""

    def __init__(self) -> None:
        self._kept: dict[str, Path] = {}
        self._folder: Path | None = None
        self._finish: weakref.finalize | None = None
        self._bytes = 0

    def keep(self, path: str, size: int, blocks: Iterator[bytes]) -> Path:
        """Write a file of at most `size` bytes, whole or not at all, and return where it is; a second time, just that.

        Raises:
            ReaderError: when there is no room for it.
            OSError: when it cannot be written.
        """
        if path in self._kept:
            return self._kept[path]
        check_room(self._bytes + size, size, shown(path))
        folder = self._made()
        letters = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in path.split("/")[-1])
        whole = folder / f"{len(self._kept)}-{letters[-100:]}"
        part = folder / "part"
        with part.open("wb") as file:
            for block in blocks:
                file.write(block)
        part.replace(whole)
        self._bytes += size
        self._kept[path] = whole
        return whole

    def close(self) -> None:
        """Delete the folder."""
        if self._finish is not None:
            self._finish()
        self._kept, self._folder, self._finish, self._bytes = {}, None, None, 0

    def _made(self) -> Path:
        if self._folder is None:
            _clear_up()
            folder = Path(tempfile.gettempdir()) / f"{PREFIX}{uuid.uuid4().hex}"
            lock = _lock_of(folder)
            lock.acquire(timeout=0)  # before there is a folder, so that nobody takes it for a left-over one
            folder.mkdir(mode=0o700)
            self._folder, self._finish = folder, weakref.finalize(self, _remove, folder, lock)
        return self._folder


def _lock_of(folder: Path) -> FileLock:
    # Any thread may close what another one has opened.
    return FileLock(folder.with_name(f"{folder.name}.lock"), thread_local=False)


def _remove(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    Path(lock.lock_file).unlink(missing_ok=True)


def _clear_up() -> None:
    """Delete the folders of processes that were killed: those whose locks are free."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*.lock"):
        folder = path.with_suffix("")
        lock = _lock_of(folder)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):  # its process lives, or it is somebody else's
            continue
        _remove(folder, lock)
