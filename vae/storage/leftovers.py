"""Leftovers of processes that were killed: half-written files, and what earlier versions wrote beside the runs."""

import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

DAY = 86_400.0  # seconds; what is younger may belong to a process that lives
_FOLDER = re.compile(r"\.upload-\w+|\.(?P<name>.+)-[a-z0-9_]{8}(?P<old>\.old)?")
_FILE = re.compile(r"\.(metrics|config)\.json-\d+|\.replicates\.safetensors-\d+")
_HELD = re.compile(r"(model|latents|replicates)\.safetensors|(config|metrics)\.json|history\.csv|filmstrip\.png")


def clear_older_leftovers(folder: Path) -> None:
    """Remove leftovers that are older than a day; a run that was about to be replaced gets its name back."""
    for path in folder.iterdir():
        with suppress(OSError):  # another process, or a user, may have removed it meanwhile
            if time.time() - path.stat().st_mtime < DAY or not path.is_dir():
                continue
            if found := _FOLDER.fullmatch(path.name):
                _clear(path, folder / found["name"] if found["old"] else None)
            elif not path.name.startswith("."):
                for file in path.iterdir():
                    if _FILE.fullmatch(file.name) and time.time() - file.stat().st_mtime > DAY:
                        file.unlink()


def clear_files(folder: Path, pattern: str) -> None:
    """Remove the files in a folder, and in those below it, that a pattern fits and that are older than a day."""
    with suppress(OSError):
        for path in folder.rglob(pattern):
            if path.is_file() and time.time() - path.stat().st_mtime > DAY:
                path.unlink(missing_ok=True)


def _clear(path: Path, replaced: Path | None) -> None:
    files = [file.name for file in path.rglob("*") if file.is_file()]
    if not all(_HELD.fullmatch(name) or _FILE.fullmatch(name) for name in files):
        return  # somebody else's
    if replaced is not None and not replaced.exists():
        path.rename(replaced)
    else:
        shutil.rmtree(path)
