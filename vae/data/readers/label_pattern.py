"""Labels that are written in the names of files, found by a pattern such as `{label}_*.png`."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Files
from vae.data.readers.listing import naturally_sorted, shown
from vae.data.readers.picture_list import picture_paths

LONGEST = 255  # characters of a name that is matched, as of a path's part on any system
_MARKS = re.compile(r"(\{label\}|\*+|#)")
_PIECES = {"{label}": "(?P<label>[^/]+?)", "#": "[0-9]+"}


@dataclass(frozen=True)
class Preview:
    """Labels that a pattern finds in the names of pictures."""

    first: tuple[tuple[str, str | None], ...]  # paths with their labels, None where the pattern does not fit
    count: int  # of pictures
    matched: int
    classes: Mapping[str, int]  # pictures by label, in natural order


def preview(files: Files, pattern: str, rows: int = 8) -> Preview:
    """Try a pattern on all pictures of a source and show the first `rows`.

    Raises:
        ReaderError: for a pattern without exactly one `{label}`.
    """
    paths, _ = picture_paths(files)
    labels = labels_by(pattern, paths)
    counts = Counter(label for label in labels if label is not None)
    first = tuple(islice(zip(paths, labels, strict=True), rows))
    ordered = {label: counts[label] for label in naturally_sorted(set(counts))}
    return Preview(first, len(paths), counts.total(), ordered)


def labels_by(pattern: str, paths: Sequence[str]) -> list[str | None]:
    """Return the label in each path, None where the pattern does not fit.

    The label is the shortest text that fits; `*` stands for anything and `#` for a whole number. The pattern is
    compared with the file's name, or with its path where the pattern has a `/`, in letters of either size.

    Raises:
        ReaderError: for a pattern without exactly one `{label}`.
    """
    fits = _compiled(pattern).fullmatch
    whole = "/" in pattern
    found = []
    for path in paths:
        text = path if whole else path[path.rfind("/") + 1 :]
        match = fits(text) if len(text) <= LONGEST else None
        found.append(match["label"] if match else None)
    return found


def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = _MARKS.split(pattern.strip())
    if pieces.count("{label}") != 1 or len(pattern) > LONGEST:
        raise ReaderError(
            f"The pattern {shown(pattern)!r} must have one {{label}} where the class stands, such as {{label}}_*.png."
        )
    segments: list[list[str]] = [[]]
    for piece in pieces:
        if piece.startswith("*"):
            segments.append([])
        else:
            segments[-1].append(_PIECES.get(piece) or re.escape(piece))
    first, *others = ["".join(segment) for segment in segments]
    for place, segment in enumerate(others, start=1):
        # What stands between stars is found at its first place once and for all, so that time stays in bounds.
        fixed = place < len(others) and _PIECES["{label}"] not in segment
        first += f"(?>.*?{segment})" if fixed else f".*?{segment}"
    return re.compile(first, re.IGNORECASE | re.DOTALL)
