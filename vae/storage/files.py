"""Write folders and files so that no reader ever finds one half written, and read JSON files."""

import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from vae.folders import replace_file
from vae.storage.header import Stored, stored
from vae.storage.names import CheckpointError, CheckpointNameError
from vae.storage.workspace import OLD, cannot_write, locked

LARGEST_JSON = 2_000_000  # bytes
DEEPEST = 20  # objects and lists within each other
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextmanager
def new_folder(path: Path, replacing: Stored | None = None) -> Iterator[Path]:
    """Give an empty folder to fill, which becomes `path` if the block ends well and is removed if it raises.

    Args:
        replacing: the weights in the folder that is replaced; by default there must be none.

    Raises:
        CheckpointNameError: when something else is at `path` by now; it stays as it is.
        CheckpointError: when the folder cannot be written, in the block too.
    """
    with locked() as workspace:
        inside = Path(tempfile.mkdtemp(dir=workspace))
    try:
        (inside / path.name).mkdir()
        yield inside / path.name
        with locked():
            _publish(inside / path.name, path, replacing)
    except (OSError, SafetensorError) as error:  # the latter when safetensors finds the disk full
        raise cannot_write(path, error) from error
    finally:
        shutil.rmtree(inside, ignore_errors=True)


def _publish(new: Path, path: Path, replacing: Stored | None) -> None:
    """Give a finished folder its place; call it while the lock is held."""
    if not path.exists():  # also when the run that is replaced was renamed or deleted meanwhile
        new.rename(path)
        return
    if replacing is None or stored(path).marks != replacing.marks:
        raise CheckpointNameError(
            f"Another run has got the name {path.name!r} meanwhile; it stays, and this one was not written."
        )
    old = new.with_name(new.name + OLD)
    if not _exchange(new, path):
        # Killed between these renames, this process leaves both folders to the next one, which puts the old one back.
        path.rename(old)
        try:
            new.rename(path)
        except BaseException:  # also Ctrl-C, for the old folder is the only one now
            if not path.exists():
                old.rename(path)
            raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return False, with both as they were, where the system cannot do that."""
    call = _renameat2()
    return call is not None and call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


@cache
def _renameat2() -> Any:
    try:
        return ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):  # another system than Linux, or an old one
        return None


def link_file(file: Path, copy: Path) -> None:
    """Give a file another place beside its own, where the file system can, or copy it there.

    Files of a run are replaced and never changed, so that both places may be of one file.
    """
    try:
        os.link(file, copy)
    except OSError:  # a file system without links
        shutil.copy2(file, copy)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` so that a reader finds the old file or the new one, never a part of one."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read the JSON object in a file, whose numbers are all finite.

    Raises:
        CheckpointError: when the file is missing, cannot be read, is far larger than any that is written here, or holds
            no JSON object or a number that is not finite.
    """
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise CheckpointError(f"{path.name} has more than {LARGEST_JSON // 1_000_000} MB, and none is that large.")
        # Editors on Windows put a byte order mark before the text.
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse_constant)
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.name} is missing.") from error
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path.name} holds no JSON object.")
    _check_numbers(content, path.name, DEEPEST)
    return content


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _check_numbers(content: Any, where: str, deepest: int) -> None:
    if deepest == 0:
        raise CheckpointError(f"{where} has more objects within each other than any that is written here.")
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in inner:
        if isinstance(value, int | float) and not -1e300 < value < 1e300:
            raise CheckpointError(f"{where}: {str(key)[:40]!r} is no finite number.")
        _check_numbers(value, where, deepest - 1)
