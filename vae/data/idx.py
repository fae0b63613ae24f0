"""Check IDX files, in which MNIST and its like come, before anything reads them."""

import struct
from math import prod
from pathlib import Path

UINT8 = 8  # the code of the type of the values in the header


def damage(path: Path, shape: tuple[int, ...]) -> str | None:
    """Say in a few words what is wrong with an IDX file of uint8 values (N, *shape); None for a sound one.

    Only its header and its size are looked at: two zeros, the type, the number of dimensions, and each of these as four
    bytes, the highest first (LeCun, Cortes & Burges, 'The MNIST database').
    """
    try:
        with path.open("rb") as file:
            header = file.read(4 * (2 + len(shape)))
        size = path.stat().st_size
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if not size:
        return "it is empty"
    dimensions = 1 + len(shape)
    if len(header) < 4 * (1 + dimensions) or header[:4] != bytes([0, 0, UINT8, dimensions]):
        return "it is no IDX file of such images or labels"
    count, *found = struct.unpack(f">{dimensions}I", header[4:])
    if tuple(found) != shape:
        return f"its images are {' × '.join(map(str, found))}, not {' × '.join(map(str, shape))}"
    expected = 4 * (1 + dimensions) + count * prod(shape)
    return f"it has {size:,} bytes, not {expected:,}" if size != expected else None


def count(path: Path) -> int:
    """Return how many images or labels a sound IDX file holds."""
    with path.open("rb") as file:
        return struct.unpack(">I", file.read(8)[4:])[0]
