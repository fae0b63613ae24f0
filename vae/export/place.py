"""The place of what is exported: a new file or folder, that is there whole or not at all."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vae.errors import VaeError
from vae.folders import replace_file


class ExportError(VaeError):
    """Something that cannot be exported or written; the message is one sentence for the user."""


class PlaceError(ExportError, ValueError):
    """A place where nothing can be written as it was asked for."""


@contextmanager
def new_file(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give the path of a temporary file to write, which becomes `path` when the block ends well.

    Raises:
        PlaceError: when there is a file already and it is not to be overwritten, or no folder to write it in.
        ExportError: when it cannot be written, in the block too; nothing of it is left.
    """
    check_file(path, overwrite=overwrite)
    with _told(path), replace_file(path) as temporary:
        yield temporary


@contextmanager
def new_folder(path: Path, ours: str, *, overwrite: bool = False) -> Iterator[Path]:
    """Give an empty folder to fill, which becomes `path` when the block ends well.

    Args:
        ours: a pattern that the names of all files fit that are written in such a folder; one that holds any other is
            somebody else's and never replaced.

    Raises:
        PlaceError: when there is something already and it is not to be overwritten, or is somebody else's.
        ExportError: when it cannot be written, in the block too; nothing of it is left.
    """
    check_folder(path, ours, overwrite=overwrite)
    with _told(path):
        temporary = path.with_name(f".{path.name}-{os.getpid()}")
        temporary.mkdir()
        try:
            yield temporary
            _exchange(temporary, path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def check_file(path: Path, *, overwrite: bool = False) -> None:
    """Check that `new_file` will find room for a name.

    Raises:
        PlaceError: saying what is wrong.
    """
    _check_free(path, overwrite=overwrite)
    if path.is_dir():
        raise PlaceError(f"{path} is a folder; give the name of a file.")


def check_folder(path: Path, ours: str, *, overwrite: bool = False) -> None:
    """Check that `new_folder` will find room for a name.

    Raises:
        PlaceError: saying what is wrong.
        ExportError: when the folder that is there cannot be read.
    """
    _check_free(path, overwrite=overwrite)
    if not path.exists():
        return
    if not path.is_dir():
        raise PlaceError(f"{path} is a file; give the name of a folder.")
    with _told(path):
        others = sorted(each.name for each in path.iterdir() if not re.fullmatch(ours, each.name))
    if others:
        raise PlaceError(
            f"{path} holds {others[0][:60]!r}, which no export has written, so that it is not replaced; choose another "
            "folder."
        )


def _check_free(path: Path, *, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise PlaceError(f"{path} exists already; choose another name, or add --overwrite to replace it.")
    if not path.parent.is_dir():
        raise PlaceError(f"There is no folder {path.parent} to write {path.name} in; make it first.")


def _exchange(new: Path, path: Path) -> None:
    if not path.exists():
        new.rename(path)
        return
    old = new.with_name(f"{new.name}-old")
    path.rename(old)
    try:
        new.rename(path)
    except BaseException:  # also Ctrl-C, for the old folder is the only one now
        old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path} could not be written: {error.strerror or error}.") from error
