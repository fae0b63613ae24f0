"""Files of a folder in the test's own directory, as readers see them."""

from collections.abc import Mapping
from pathlib import Path

from vae.data.readers.collection import ReaderError


class FakeFiles:
    """All files of a folder, or one file."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._root = path if path.is_dir() else path.parent
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        self.sizes: Mapping[str, int] = {
            one.relative_to(self._root).as_posix(): one.stat().st_size for one in found if one.is_file()
        }
        self.remarks: tuple[str, ...] = ()

    def read(self, path: str, most: int) -> bytes:
        try:
            with (self._root / path).open("rb") as file:
                return file.read(most)
        except OSError as error:
            raise ReaderError(f"{path} cannot be read.") from error

    def local(self, path: str) -> Path:
        return self._root / path

    def close(self) -> None:
        pass
