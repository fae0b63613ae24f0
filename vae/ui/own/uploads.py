"""Files that a session has uploaded, in a folder of their own until they are imported or the session ends."""

import shutil
import uuid
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Protocol

from filelock import FileLock, Timeout

from vae.errors import VaeError

MOST_BYTES = 2 * 2**30  # of all files of a session together
MOST_FILES = 2_000
LONGEST = 120  # characters of a name
PREFIX = "vae-uploads-"


class UploadError(VaeError):
    """Files that cannot be kept; the message is one sentence for the user."""


class Uploaded(Protocol):
    """A file as Streamlit hands it over."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def getbuffer(self) -> memoryview: ...


class Uploads:
    """A folder of uploaded files, which goes when it is closed, when nobody holds it, or when the server ends."""

    def __init__(self, files: Sequence[Uploaded]) -> None:
        """Keep files.

        Raises:
            UploadError: when they are too many or too large, or cannot be written.
        """
        size = sum(file.size for file in files)
        if len(files) > MOST_FILES or size > MOST_BYTES:
            raise UploadError(
                f"These are {len(files):,} files of {size / 1e9:.2f} GB; at most {MOST_FILES:,} of "
                f"{MOST_BYTES / 1e9:.2f} GB are taken at once. Pack them into one file, or use "
                "`python -m vae import PATH`."
            )
        _clear_up()
        folder, lock = _made()
        self.close = weakref.finalize(self, _remove, folder, lock)
        try:
            inside = folder / "uploaded"
            inside.mkdir()
            paths = [self._write(inside, file) for file in files]
        except OSError as error:
            self.close()
            raise UploadError(f"The files could not be kept: {error.strerror}.") from error
        self.title = Path(files[0].name).name.split(".")[0] or "images"
        self.path = paths[0] if len(paths) == 1 else inside

    def _write(self, folder: Path, file: Uploaded) -> Path:
        name = Path(file.name.replace("\\", "/")).name.lstrip(".")[-LONGEST:] or "file"
        path, number = folder / name, 2
        while path.exists():
            path, number = folder / f"{number}-{name}", number + 1
        path.write_bytes(file.getbuffer())
        return path


def _made() -> tuple[Path, FileLock]:
    """Make a folder, with a lock beside it that tells other processes that its own still lives."""
    folder = Path(gettempdir()) / f"{PREFIX}{uuid.uuid4().hex}"
    lock = _lock_of(folder)
    try:
        lock.acquire(timeout=0)  # before there is a folder, so that nobody takes it for a left-over one
        folder.mkdir(mode=0o700)
    except OSError as error:
        _remove(folder, lock)
        raise UploadError(f"The files could not be kept: {error.strerror}.") from error
    return folder, lock


def _lock_of(folder: Path) -> FileLock:
    # Another thread may close what one has opened.
    return FileLock(folder.with_name(f"{folder.name}.lock"), thread_local=False)


def _remove(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    with suppress(OSError):
        Path(lock.lock_file).unlink()


def _clear_up() -> None:
    """Delete the folders of servers that were killed: those whose locks are free."""
    for path in Path(gettempdir()).glob(f"{PREFIX}*.lock"):
        lock = _lock_of(path.with_suffix(""))
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):  # its server lives, or it is somebody else's
            continue
        _remove(path.with_suffix(""), lock)
