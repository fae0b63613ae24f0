"""The files of a zip archive, found by its table of contents and unpacked one by one in memory.

The table is read here, since zipfile keeps 630 bytes for every file of a million, and takes twice as long to read one.
"""

import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from vae.data.readers.collection import ReaderError
from vae.data.readers.listing import LINKS, MOST_FILES, NESTED, Listing, is_archive, is_junk, safe_path, shown
from vae.data.readers.source import BLOCK, Archive, opened, told

RATIO = 100  # of unpacked to packed bytes: pictures hardly shrink, and tables by a tenth of this
HARMLESS = 1_000_000_000  # bytes that any archive may unpack to
MOST_BYTES_OF_TABLE = 200 * MOST_FILES
STORED, DEFLATED = 0, 8
ENCRYPTED, UTF8 = 0x1, 0x800  # flags of a file

# APPNOTE.TXT, sections 4.3.7 (a file's own header), 4.3.12 (its entry in the table), 4.3.14 to 4.3.16 (its end).
_HEADER = struct.Struct("<4s22x2H")
_ENTRY = struct.Struct("<4s4x2H4x3L3H4xL L")
_END = struct.Struct("<4s6xH2L2x")
_END64 = struct.Struct("<4s28x3Q")
_LOCATOR = 20  # bytes of the record between the two ends


class ZipFiles(Archive):
    """Files of a zip archive."""

    def __init__(self, path: Path, ratio: int = RATIO) -> None:
        """Read the table of contents.

        Args:
            ratio: of unpacked to packed bytes at most, in an archive that unpacks to more than `HARMLESS`.

        Raises:
            ReaderError: when it cannot be read, is encrypted or a bomb, or holds links, paths that lead outside or too
                many files.
        """
        super().__init__(shown(path.name), opened(path))
        self._size, self._ratio = path.stat().st_size, ratio
        listing = Listing(self.name, places=4)
        try:
            with told(self.name):
                self._list(listing)
        except BaseException:
            self.close()
            raise
        listing.sort()
        self.sizes = listing
        self._listing = listing
        self.remarks = listing.remarks()

    def blocks(self, path: str) -> Iterator[bytes]:
        size = self.sizes[path]
        start, packed_size, method, checksum = self._listing.places(path)
        mark, name, extra = _HEADER.unpack(self.read_at(start, _HEADER.size))
        if mark != b"PK\3\4":
            raise ValueError("a file is not where the table of contents says")
        packed = self._packed(start + _HEADER.size + name + extra, packed_size)
        found, length = 0, 0
        for block in packed if method == STORED else _inflated(packed):
            found = zlib.crc32(block, found)
            length += len(block)
            if length > size:
                break
            yield block
        if length != size or found != checksum:
            raise ValueError("its checksum is wrong")

    def _packed(self, start: int, size: int) -> Iterator[bytes]:
        for place in range(start, start + size, BLOCK):
            yield self.read_at(place, min(BLOCK, start + size - place))

    def _list(self, listing: Listing) -> None:
        table, shift = self._table()
        place = unpacked = packed = 0
        while place < len(table):
            mark, flags, method, checksum, packed_size, size, *lengths, attributes, start = _ENTRY.unpack_from(
                table, place
            )
            if mark != b"PK\1\2":
                raise ValueError("its table of contents is wrong")
            begin, (name, extra, comment) = place + _ENTRY.size, lengths
            place = begin + name + extra + comment
            path = self._path(table[begin : begin + name], flags)
            if not path or self._left_out(path, flags, method, attributes >> 16, listing):
                continue
            wide = _wide(table[begin + name : begin + name + extra], size, packed_size, start)
            size, packed_size, start = wide
            if start + shift + packed_size > self._size:
                raise EOFError
            unpacked, packed = unpacked + size, packed + packed_size
            listing.add(path, size, start + shift, packed_size, method, checksum)
        if packed > self._size or unpacked > max(HARMLESS, self._ratio * self._size):
            raise ReaderError(
                f"{self.name} has {self._size / 1e6:.2f} MB and would unpack to {unpacked / 1e6:,.0f} MB, as no images "
                "do; unpack it yourself if you trust it, and import the folder."
            )

    def _path(self, name: bytes, flags: int) -> str:
        """Return a member's path; the empty text for a folder."""
        try:
            text = name.decode("utf-8")
        except UnicodeDecodeError:
            text = name.decode("utf-8", "replace") if flags & UTF8 else name.decode("cp437")
        path = safe_path(text, self.name)
        return "" if text.endswith(("/", "\\")) else path

    def _left_out(self, path: str, flags: int, method: int, mode: int, listing: Listing) -> bool:
        """Count a file that is not read, or refuse the archive for it."""
        if is_junk(path):
            return False  # which the list counts
        if stat.S_ISLNK(mode):
            listing.leave_out(LINKS, path)
            return True
        if is_archive(path):
            listing.leave_out(NESTED, path)
            return True
        if flags & ENCRYPTED:
            raise ReaderError(f"{self.name} is encrypted; unpack it with its password, and import the folder.")
        if method not in (STORED, DEFLATED):
            raise ReaderError(
                f"{self.name} is packed by a method that is not read here (number {method}); unpack it and import the "
                "folder, or pack it by deflating."
            )
        return False

    def _table(self) -> tuple[bytes, int]:
        """Return the table of contents, and by how much files lie behind where it says: something stands before."""
        tail_size = min(self._size, 2**16 + _END.size)
        tail = self.read_at(self._size - tail_size, tail_size)
        place = tail.rfind(b"PK\5\6")
        if place < 0 or len(tail) - place < _END.size:
            raise EOFError
        _, count, size, start = _END.unpack_from(tail, place)
        end = self._size - tail_size + place
        wide = place - _LOCATOR
        if wide >= 0 and tail[wide : wide + 4] == b"PK\6\7":
            end = end - _LOCATOR - 56
            mark, count, size, start = _END64.unpack(self.read_at(max(end, 0), _END64.size))
            if mark != b"PK\6\6":
                raise ValueError("its table of contents is wrong")
        if count > MOST_FILES or size > MOST_BYTES_OF_TABLE:
            raise ReaderError(f"{self.name} holds more than {MOST_FILES:,} files; import a part of them.")
        shift = end - size - start
        if shift < 0:
            raise EOFError
        return self.read_at(end - size, size), shift


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack a deflated stream, never more than a block at once."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for rest in packed:
        while rest and not unpacker.eof:
            yield unpacker.decompress(rest, BLOCK)
            rest = unpacker.unconsumed_tail
    while not unpacker.eof:
        if not (last := unpacker.decompress(unpacker.unconsumed_tail, BLOCK)):
            raise EOFError
        yield last


def _wide(extra: bytes, *narrow: int) -> list[int]:
    """Return sizes and a place, of which those that need more than 32 bits are in an extra field (section 4.5.3)."""
    if 0xFFFFFFFF not in narrow:
        return list(narrow)
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, place)
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{size // 8}Q", extra, place + 4))
            return [next(numbers) if number == 0xFFFFFFFF else number for number in narrow]
        place += 4 + size
    raise ValueError("a size is missing")
