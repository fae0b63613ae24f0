"""A disk that is nearly full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = 3_000_000  # bytes


@contextmanager
def small_disk(path: Path) -> Iterator[Path]:
    """A disk of `SIZE`, mounted at a new folder; where nobody may mount one, the test is skipped."""
    path.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)]
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def fill(disk: Path, leaving: int = 0) -> None:
    """Fill a small disk until `leaving` bytes are free."""
    (disk / "filling").write_bytes(b"")
    with (disk / "filling").open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(max(0, file.tell() - leaving))
