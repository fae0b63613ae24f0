"""The files of a tar archive, read at their places; a compressed one is unpacked to a plain one first."""

import bz2
import gzip
import lzma
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from vae.data.readers.collection import ReaderError
from vae.data.readers.listing import NESTED, Listing, is_archive, is_junk, safe_path, shown
from vae.data.readers.scratch import check_room
from vae.data.readers.source import BLOCK, Archive, opened, told

RATIO = 100  # of unpacked to packed bytes
HARMLESS = 1_000_000_000  # bytes that any archive may unpack to
_OPENERS: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
_HEADER = tarfile.BLOCKSIZE


class TarFiles(Archive):
    """Files of a tar archive, plain or compressed by gzip, bzip2 or xz."""

    def __init__(self, path: Path) -> None:
        """List the files, of which a compressed archive is unpacked whole.

        Raises:
            ReaderError: when it cannot be read, is a bomb, or holds links, devices, paths that lead outside or too many
                files.
        """
        file = opened(path)
        name = shown(path.name)
        with told(name):
            if (opener := _opener(file)) is not None:
                file = _unpacked(file, opener, name, path.stat().st_size)
            size = file.seek(0, 2)
        super().__init__(name, file)
        listing = Listing(name, places=1)
        try:
            with told(name):
                ended = self._list(listing, size)
        except BaseException:
            self.close()
            raise
        listing.sort()
        self.sizes = listing
        self._listing = listing
        cut = () if ended else (f"{name} ends without a mark of its end: it may have been cut short.",)
        self.remarks = listing.remarks() + cut

    def blocks(self, path: str) -> Iterator[bytes]:
        (start,), size = self._listing.places(path), self.sizes[path]
        for place in range(start, start + size, BLOCK):
            yield self.read_at(place, min(BLOCK, start + size - place))

    def _list(self, listing: Listing, size: int) -> bool:
        """List all files, and tell whether the archive has a mark of its end."""
        self._file.seek(0)
        with tarfile.open(fileobj=self._file, mode="r:", errors="surrogateescape") as plain:
            archive: Any = plain
            end = 0
            while (member := archive.next()) is not None:
                archive.members.clear()  # it would keep them all
                # Sizes below 0 send tarfile back, for ever.
                if member.size < 0 or member.offset < end or member.offset_data <= member.offset:
                    raise ValueError("a file has a size that cannot be")
                end = member.offset_data
                if member.isreg() and not member.issparse() and end + member.size > size:
                    raise EOFError
                self._add(listing, member)
            # On damage behind the first file tarfile stops without a word.
            self._file.seek(archive.offset)
        rest = self._file.read(_HEADER)
        if rest.strip(b"\0"):
            raise ValueError(f"it cannot be read beyond {len(listing):,} files")
        return len(rest) == _HEADER

    def _add(self, listing: Listing, member: tarfile.TarInfo) -> None:
        name = member.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        path = safe_path(name, self.name)
        if member.isdir() or not path:
            return
        if is_junk(path):
            listing.add(path, 0, 0)
        elif member.issym() or member.islnk():
            raise ReaderError(
                f"{self.name} holds a link, {shown(path)}, which could lead anywhere; pack the files themselves, with "
                "tar --dereference --hard-dereference."
            )
        elif not member.isreg() or member.issparse():
            raise ReaderError(
                f"{self.name} holds {shown(path)}, which is a device or a file with holes; pack plain files only."
            )
        elif is_archive(path):
            listing.leave_out(NESTED, path)
        else:
            listing.add(path, member.size, member.offset_data)


def is_tar(path: Path) -> bool:
    """Tell whether a file begins as a tar archive does, plain or compressed.

    Raises:
        ReaderError: for a compressed file whose beginning is damaged.
    """
    with opened(path) as file, told(shown(path.name)):
        opener = _opener(file)
        if opener is None:
            head = file.read(_HEADER)
        else:
            with opener(file) as unpacked:
                head = unpacked.read(_HEADER)
    if head[257:262] == b"ustar":
        return True
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


def _opener(file: BinaryIO) -> Callable[[BinaryIO], BinaryIO] | None:
    head = file.read(6)
    file.seek(0)
    return next((opener for mark, opener in _OPENERS.items() if head.startswith(mark)), None)


def _unpacked(file: BinaryIO, opener: Callable[[BinaryIO], BinaryIO], name: str, size: int) -> BinaryIO:
    """Unpack a compressed archive into a file without a name, which goes when it is closed or its process ends."""
    length = 0
    with ExitStack() as stack:
        plain: Any = stack.enter_context(tempfile.TemporaryFile())
        with file, opener(file) as unpacked:
            while block := unpacked.read(BLOCK):
                length += len(block)
                if length > max(HARMLESS, RATIO * size):
                    raise ReaderError(
                        f"{name} has {size / 1e6:.2f} MB and would unpack to more than {RATIO} times as many, as no "
                        "images do; unpack it yourself if you trust it, and import the folder."
                    )
                check_room(length, BLOCK, name)
                plain.write(block)
        stack.pop_all()  # the file stays open
    return plain
