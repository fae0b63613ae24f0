"""Read files of a test with one reader, and look at what comes of it."""

from pathlib import Path
from types import ModuleType

import numpy as np

from tests.helpers.source_files import FakeFiles
from vae.data.readers.collection import Collection, ReaderError, UnreadableImageError
from vae.data.readers.files import Options


def collect(reader: ModuleType, path: Path, options: Options | None = None) -> Collection:
    """Read a folder or a file with a reader that must recognise it."""
    found = reader.recognised(FakeFiles(path), options or Options())
    assert found is not None
    return found


def pictures(found: Collection, rows: list[int] | range | None = None) -> np.ndarray:
    """All images of a collection, which must be of one size, or those of some rows."""
    read = list(found.read(range(found.count) if rows is None else rows))
    errors = [one for one in read if isinstance(one, UnreadableImageError)]
    assert not errors, errors[0]
    return np.stack([one for one in read if isinstance(one, np.ndarray)])


def named_labels(found: Collection) -> list[str]:
    """The name of every image's class."""
    assert found.labels is not None
    return [found.class_names[label] for label in found.labels]


def keeps_to_its_word_or_refuses(reader: ModuleType, path: Path) -> str:
    """Read a file that may be anything, and say what became of it.

    Only the readers' own errors may come out, each in one line, and a collection has what it promises.
    """
    try:
        found = reader.recognised(FakeFiles(path), Options())
        if found is None:
            return "not recognised"
        assert found.labels is None or found.labels.shape == (found.count,)
        if found.labels is not None and found.count:
            assert 0 <= found.labels.min() <= found.labels.max() < len(found.class_names)
        assert all(len(column) == found.count for column in found.columns.values())
        rows = range(min(found.count, 50))
        read = list(found.read(rows))
    except ReaderError as error:
        is_a_sentence(error)
        return "refused"
    assert len(read) == len(rows)
    for one in read:
        if isinstance(one, UnreadableImageError):
            is_a_sentence(one)
        else:
            assert one.dtype.kind in "iuf"
            assert one.ndim == 2 or one.shape[2:] in ((3,), (4,))
    return "read"


def is_a_sentence(error: Exception) -> None:
    text = str(error)
    assert text.endswith("."), text
    assert "\n" not in text
    assert 10 < len(text) < 1_500
