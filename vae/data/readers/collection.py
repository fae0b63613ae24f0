"""A collection: images that a reader has found but not read yet, with all that is known of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vae.errors import VaeError


class ReaderError(VaeError):
    """Files that hold no images that could be imported; the message names the file and the remedy in one sentence."""


class UnreadableImageError(VaeError):
    """One image of many that cannot be read; the message names it and says why."""


# An image as it was stored: any numeric type, (H, W), or (H, W, 3), or (H, W, 4) with alpha last.
Stored = np.ndarray


@dataclass(frozen=True, eq=False)
class Collection:
    """Images of a folder, an archive or a file that somebody has brought.

    Nothing of their pixels is kept in memory. All rows are numbered from 0 in the order of the source.
    """

    layout: str  # one sentence for the user that says as what the files were read
    count: int
    # Yields the images of the rows given, which ascend; an error stands in the place of one that cannot be read. Every
    # call goes through the files once, from their beginning where they are packed, so that one pass is one call. Raises
    # ReaderError where a file breaks off, after which nothing of it can be read.
    read: Callable[[Sequence[int]], Iterator[Stored | UnreadableImageError]]
    labels: np.ndarray | None = None  # int64 (count,), None without classes
    class_names: tuple[str, ...] = ()
    split: np.ndarray | None = None  # uint8 (count,), places in `dataset.PARTS`; None where the files give no parts
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)  # float64 (NaN: unknown) or text, (count,) each
    name_of: Callable[[int], str] = "image {}".format  # such as `cats/12.png` or `row 12`
    named: bool = False  # whether these are names of files, rather than numbers
    remarks: tuple[str, ...] = ()  # sentences on what was left out or assumed
