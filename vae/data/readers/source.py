"""Sources of files: a base of those on disk and those in archives, and how damage becomes a sentence."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from vae.data.readers.collection import ReaderError
from vae.data.readers.listing import shown
from vae.data.readers.scratch import Scratch
from vae.errors import VaeError

BLOCK = 2**20  # bytes that are read or unpacked at once


class Source(ABC):
    """Files of a folder or an archive; as a context it is closed at its end. See `files.Files`."""

    name: str
    sizes: Mapping[str, int]
    remarks: tuple[str, ...]

    @abstractmethod
    def read(self, path: str, most: int) -> bytes:
        """Return the first `most` bytes of a file, or all of it.

        Raises:
            ReaderError: when it cannot be read.
        """

    @abstractmethod
    def local(self, path: str) -> Path:
        """Return a file's path on disk, of a copy that goes with the source where it is in an archive.

        Raises:
            ReaderError: when it cannot be read or unpacked.
        """

    @abstractmethod
    def close(self) -> None:
        """Give back what was opened and unpacked."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Archive(Source):
    """Files of an archive, which is read at any place by any thread."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self.remarks = ()
        self._file = file
        self._lock = threading.Lock()
        self._scratch = Scratch()

    @abstractmethod
    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield a file's bytes from the first to the last, some at a time; what is wrong shows at the latest then."""

    def read_at(self, start: int, count: int) -> bytes:
        """Return bytes of the archive itself.

        Raises:
            EOFError: when it ends before.
        """
        with self._lock:
            self._file.seek(start)
            found = self._file.read(count)
        if len(found) < count:
            raise EOFError("it is cut short")
        return found

    def read(self, path: str, most: int) -> bytes:
        found: list[bytes] = []
        length = 0
        with told(f"{shown(path)} in {self.name}"):
            for block in self.blocks(path):
                found.append(block)
                length += len(block)
                if length >= most:
                    break
        return b"".join(found)[:most]

    def local(self, path: str) -> Path:
        with told(f"{shown(path)} in {self.name}"):
            return self._scratch.keep(path, self.sizes[path], self.blocks(path))

    def close(self) -> None:
        self._file.close()
        self._scratch.close()


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn whatever damaged files raise into one sentence on `what` was read.

    Raises:
        ReaderError: for any other error than one of the project's own.
    """
    try:
        yield
    except VaeError:
        raise
    except EOFError as error:
        raise ReaderError(f"{what} is cut short; copy or download it again.") from error
    except MemoryError as error:
        raise ReaderError(f"{what} needs more memory than there is; bring it in smaller pieces.") from error
    except OSError as error:
        if error.errno is None:  # of a decompressor, which found damage
            raise ReaderError(f"{what} is damaged ({_reason(error)}); copy or download it again.") from error
        raise ReaderError(f"{what} cannot be read: {error.strerror}.") from error
    # Libraries that read archives fail on damage in more ways than they document.
    except Exception as error:
        raise ReaderError(f"{what} is damaged ({_reason(error)}); copy or download it again.") from error


def _reason(error: Exception) -> str:
    text = shown(" ".join(str(error).split())).rstrip(".")
    return text or type(error).__name__


def opened(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises:
        ReaderError: when that is not possible.
    """
    with told(shown(path.name)):
        return path.open("rb")
