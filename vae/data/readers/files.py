"""The files that a reader looks at: those of a folder, of an archive, or one file alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Files(Protocol):
    """Files by their paths within a source, `/` between folders, in natural order; junk and hidden files are left out.

    Readers open none of them by themselves, so that bounds and safe paths are kept in one place.
    """

    name: str  # of the source, as the user knows it
    sizes: Mapping[str, int]  # bytes by path, unpacked
    remarks: tuple[str, ...]  # sentences on what was left out

    def read(self, path: str, most: int) -> bytes:
        """Return the first `most` bytes of a file, or all of it.

        Raises:
            ReaderError: when it cannot be read.
        """
        ...

    def local(self, path: str) -> Path:
        """Return a file's path on disk, of a copy that goes with the source where it is in an archive.

        Raises:
            ReaderError: when it cannot be read or unpacked.
        """
        ...

    def close(self) -> None:
        """Give back what was opened and unpacked."""
        ...


@dataclass(frozen=True)
class Options:
    """How to read files whose layout leaves a choice; an empty text lets the reader choose."""

    label_pattern: str = ""  # with one `{label}`, such as `{label}_*.png`; `*` stands for anything, `#` for a number
    label_column: str = ""  # of a table
    image_column: str = ""
