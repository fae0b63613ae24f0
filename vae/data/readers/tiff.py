"""Read the pages of TIFF files: with Pillow where it can, with tifffile, where that is installed, what is left."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from vae.data.readers.collection import Stored, UnreadableImageError
from vae.data.readers.listing import shown
from vae.data.readers.pixel_values import check_size, factor_of, reduced, values

INSTALL = "pip install -r requirements-images.txt"
MOST_BYTES = 200_000_000  # of a page's values, of which the library may hold two copies
_BITS, _ORIENTATION = 258, 274  # tags (TIFF 6.0, section 8)
_WHITE_IS_ZERO, _PLAIN = 0, (0, 1, 2, 6)  # of how values become colours: grey, RGB, and YCbCr, which becomes RGB
_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def is_tiff(head: bytes) -> bool:
    """Tell whether a file with these first bytes is a TIFF file."""
    return head.startswith(_BEGINNINGS)


class Tiff:
    """The pages of one TIFF file."""

    def __init__(self, source: BinaryIO) -> None:
        self._pillow: Any = None
        self._library: Any = None
        with suppress(Exception), _quiet():  # what Pillow does not know may be read by the library
            self._pillow = Image.open(source, formats=("TIFF",))
        with suppress(Exception):  # of its own, of anything in a damaged file, and that it is not installed
            import tifffile

            logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # it tells the terminal of every doubt
            source.seek(0)  # it takes what follows for the file
            self._library = tifffile.TiffFile(source)

    @property
    def count(self) -> int:
        """The number of pages; 0 where none can be read."""
        with suppress(Exception), _quiet():
            if self._library is not None:
                return len(self._library.pages)
            return int(getattr(self._pillow, "n_frames", 0))
        return 0

    def page(self, number: int, name: str) -> Stored:
        """Return the values of one page.

        Raises:
            UnreadableImageError: for a page that is damaged, too large, or needs a library that is not installed.
        """
        found = self._by_pillow(number, name)
        if found is None:
            found = self._by_library(number, name)
        return found

    def _by_pillow(self, number: int, name: str) -> Stored | None:
        """Return a page's values; None for one that Pillow cannot read, or of which it would drop bits."""
        if self._pillow is None:
            return None
        try:
            with _quiet():
                self._pillow.seek(number)
                bits = self._pillow.tag_v2.get(_BITS, (1,))
                return None if len(bits) > 1 and max(bits) > 8 else values(self._pillow, name)
        except UnreadableImageError:
            raise
        except Exception:  # its decoders raise errors of many kinds
            return None

    def _by_library(self, number: int, name: str) -> Stored:
        if self._library is None:
            raise UnreadableImageError(
                f"{shown(name)} is damaged, or a TIFF file of a kind that Pillow cannot read; `{INSTALL}` makes more "
                "kinds readable."
            )
        try:
            return _values(self._library.pages[number], name)
        except UnreadableImageError:
            raise
        except Exception as error:
            raise UnreadableImageError(f"{shown(name)} is damaged; save it again.") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep warnings from the terminal, which nobody reads: what Pillow only warns of is of no consequence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _values(page: Any, name: str) -> Stored:
    check_size(page.imagewidth, page.imagelength, name)
    if page.nbytes > MOST_BYTES or page.imagedepth > 1 or page.samplesperpixel > 4 or page.photometric not in _PLAIN:
        raise UnreadableImageError(
            f"{shown(name)} has {page.samplesperpixel} channels of {page.bitspersample} bits and is neither grey nor "
            "RGB, or too large; save it as one of these."
        )
    found = page.asarray(maxworkers=1)
    if page.axes.startswith("S"):  # a plane a channel
        found = np.moveaxis(found, 0, -1)
    if found.dtype == bool:
        found = found * np.uint8(255)
    found = reduced(found, factor_of(page.imagewidth, page.imagelength))  # first, since what follows makes copies
    if page.photometric == _WHITE_IS_ZERO and found.dtype.kind == "u":
        found = np.iinfo(found.dtype).max - found
    if found.ndim == 3 and found.shape[2] == 2:  # grey with transparency
        found = found[..., [0, 0, 0, 1]]
    if not found.size or found.dtype.kind not in "uif" or found.shape[2:] not in ((), (3,), (4,)):
        raise ValueError("it has no values that are an image")
    tag = page.tags.get(_ORIENTATION)
    return _turned(found, int(tag.value) if tag is not None else 1)


def _turned(array: np.ndarray, orientation: int) -> np.ndarray:
    """Turn an array (H, W, ...) upright; of the eight orientations the last four also exchange rows and columns."""
    if orientation >= 5:
        array = array.swapaxes(0, 1)
        orientation = {5: 1, 6: 2, 7: 3, 8: 4}.get(orientation, 1)
    if orientation in (2, 3):
        array = array[:, ::-1]
    return np.ascontiguousarray(array[::-1] if orientation in (3, 4) else array)
