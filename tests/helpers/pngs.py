"""PNG files made by hand: large ones that are small, and changed ones whose check sums are right."""

import io
import struct
import zlib


def png(width: int, height: int, depth: int, colours: int) -> bytes:
    """A small PNG file of a large black picture; `colours` is PNG's type of colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = bytes(1 + width * depth * {0: 1, 6: 4}[colours] // 8)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def mended(content: bytes) -> bytes:
    """Make the check sums of a PNG file right, or no decoder would look at what was changed."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return content
    reader, out = io.BytesIO(content[8:]), [content[:8]]
    while len(head := reader.read(8)) == 8:
        inside = reader.read(int.from_bytes(head[:4], "big"))
        sum_ = reader.read(4)
        out += [head, inside, struct.pack(">I", zlib.crc32(head[4:] + inside)) if len(sum_) == 4 else sum_]
    return b"".join(out) + head
