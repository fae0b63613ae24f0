"""The files of a folder on disk, or one file alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from vae.data.readers.collection import ReaderError
from vae.data.readers.listing import CLOSED, HIDDEN, LINKS, Listing, is_junk, shown
from vae.data.readers.source import Source, opened, told
from vae.data.readers.tar_files import TarFiles


class FolderFiles(Source):
    """Files of a folder and of the folders in it; links are followed to files within it and nowhere else."""

    def __init__(self, path: Path) -> None:
        """List a folder, or one file.

        Raises:
            ReaderError: when it cannot be listed or holds too many files.
        """
        self.name = shown(path.name or str(path))
        self._archives: list[TarFiles] = []
        self._renamed: dict[str, str] = {}  # by a path that can be written, those that are no UTF-8
        listing = Listing(self.name)
        with told(self.name):
            path = path.resolve()
            self._root = path if path.is_dir() else path.parent
            if path.is_dir():
                self._list(listing)
            elif path.is_file():
                writable = self._writable(path.name)
                writable = "file" if is_junk(writable) else writable  # what is chosen alone is read
                self._renamed[writable] = path.name
                listing.add(writable, path.stat().st_size)
            else:
                raise ReaderError(f"{self.name} is neither a file nor a folder; choose one of these.")
        listing.sort()
        self.sizes = listing
        self.remarks = listing.remarks()

    def read(self, path: str, most: int) -> bytes:
        with opened(self.local(path)) as file, told(shown(path)):
            return file.read(min(most, self.sizes[path]))  # room for all that is asked for would be made

    def local(self, path: str) -> Path:
        return self._root / self._renamed.get(path, path)

    def archive(self, path: str) -> TarFiles:
        """Open a tar archive of the folder, which is closed with it.

        Raises:
            ReaderError: when it cannot be read or is not safe.
        """
        found = TarFiles(self.local(path))
        self._archives.append(found)
        return found

    def close(self) -> None:
        for archive in self._archives:
            archive.close()

    def _list(self, listing: Listing) -> None:
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            try:
                entries = os.scandir(self._root / folder)
            except OSError:
                if not folder:
                    raise
                listing.leave_out(CLOSED, self._writable(folder))
                continue
            with entries:
                waiting += self._add_all(listing, folder, entries)

    def _add_all(self, listing: Listing, folder: str, entries: Iterator[os.DirEntry[str]]) -> list[str]:
        """Add the files of one folder, and return the folders in it."""
        folders = []
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if is_junk(entry.name):
                listing.leave_out(HIDDEN, self._writable(path))
            elif entry.is_symlink() and not self._leads_inside(path):
                listing.leave_out(LINKS, self._writable(path))
            elif entry.is_dir():
                folders.append(path)
            elif stat.S_ISREG((found := entry.stat()).st_mode):  # and no pipe or device, which may never end
                writable = self._writable(path)
                if writable != path:
                    self._renamed[writable] = path
                listing.add(writable, found.st_size)
        return folders

    def _leads_inside(self, path: str) -> bool:
        """Tell whether a link leads to a file of this folder; those to folders might never end."""
        target = Path(os.path.realpath(self._root / path))
        return target.is_file() and target.is_relative_to(self._root)

    def _writable(self, path: str) -> str:
        return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
