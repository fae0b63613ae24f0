"""The file of an imported set's images: an .npy of bytes (N, C, H, W) that is written image by image, in any order."""

import errno
import hashlib
import io
import os
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae.progress import Report, part

BLOCK = 2**22  # bytes that are read or moved at once


class PixelsFile:
    """An .npy of uint8 images, whose rows are written in any order; those that are missing are closed up at the end.

    Rows are written and not mapped, so that the memory of the process does not grow with the file.

    Raises:
        OSError: from each of its methods, when the file cannot be written.
    """

    def __init__(self, path: Path, count: int, image_shape: tuple[int, int, int]) -> None:
        self.image_shape, self.size = image_shape, int(np.prod(image_shape))
        self.written = np.zeros(count, bool)
        self._header = len(self._header_of(count))
        self._file = path.open("xb+", buffering=0)

    def __enter__(self) -> "PixelsFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, row: int, image: np.ndarray) -> None:
        """Write the image uint8 (C, H, W) of a row."""
        self._put(self._header + row * self.size, image.tobytes())
        self.written[row] = True

    def finish(self, on_progress: Report | None = None) -> "hashlib._Hash":
        """Move the rows that were written together, write the header, and return the SHA-256 of their bytes so far.

        Args:
            on_progress: called with the fraction done after every 4 MB; an exception that it raises ends the work.
        """
        report = part(on_progress, 0, 1)
        digest, done = hashlib.sha256(), 0
        rows = max(1, BLOCK // self.size)
        for first in range(0, len(self.written), rows):
            kept = self.written[first : first + rows]
            self._file.seek(self._header + first * self.size)
            block = self._file.read(len(kept) * self.size).ljust(len(kept) * self.size, b"\0")
            if not kept.all():
                block = np.frombuffer(block, np.uint8).reshape(len(kept), self.size)[kept].tobytes()
            digest.update(block)
            if done < first or not kept.all():
                self._put(self._header + done * self.size, block)
            done += int(kept.sum())
            report(min(1.0, (first + rows) / len(self.written)))
        self._file.truncate(self._header + done * self.size)
        self._put(0, self._header_of(done))
        return digest

    def _put(self, place: int, content: bytes) -> None:
        self._file.seek(place)
        if self._file.write(content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _header_of(self, count: int) -> bytes:
        """Return the header, whose length does not depend on the count: numpy leaves room for its digits."""
        buffer = io.BytesIO()
        shape = (count, *self.image_shape)
        np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": shape})
        return buffer.getvalue()


def mapped(path: Path) -> Tensor:
    """Return an array on disk as a tensor; what is written to it stays in memory, and out of the file."""
    try:
        return torch.from_numpy(np.lib.format.open_memmap(path, mode="c"))
    except OSError as error:
        if error.errno != errno.ENOMEM:
            raise
    # The system promises no copies of a file that is larger than memory; nobody writes into images.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.from_numpy(np.lib.format.open_memmap(path, mode="r"))
