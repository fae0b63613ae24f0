"""From labels as people store them to classes: whole numbers, text, one column or one-hot."""

from collections.abc import Sequence

import numpy as np

from vae.data.readers.arrays import plain
from vae.data.readers.collection import ReaderError
from vae.data.readers.delimited import column
from vae.data.readers.listing import natural

MOST_CLASSES = 1_000  # more different values are numbers or names of images
NO_CLASSES = "The labels are too many or no whole numbers, so that they are a column and no classes."
LONGEST_TEXT = 64  # characters of a class or a column's value that are kept


def one_each(values: np.ndarray, count: int, name: str) -> np.ndarray | None:
    """Return labels as one value an image (count,), from (N,), (N, 1), (1, N) or one-hot (N, K).

    None means that the images have several values each, which are no classes.

    Raises:
        ReaderError: when there are more or fewer labels than images.
    """
    found = np.asarray(values)
    if found.ndim != 1 and found.size == max(found.shape, default=1):
        found = found.reshape(-1)
    if len(found) != count:
        raise ReaderError(
            f"{name} has {len(found):,} labels for {count:,} images; give every image one, or leave the labels out."
        )
    if found.ndim == 1:
        return found
    if found.ndim == 2 and found.dtype.kind in "biuf":
        ones = found == 1
        if (ones | (found == 0)).all() and (ones.sum(1) == 1).all():
            return ones.argmax(1)
    return None


def classes(
    values: np.ndarray, name: str, class_names: Sequence[str] | None = None
) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """Number the classes of labels (N,) from 0 in their natural order, and name them.

    With `class_names`, labels are numbers of these. None means that the values are no classes: fractions, or more than
    `MOST_CLASSES` different ones.

    Raises:
        ReaderError: for labels that are missing or out of range.
    """
    found = _whole(values, name)
    if found is None:
        return None
    if class_names is not None and found.dtype.kind in "iu":
        low, high = int(found.min()), int(found.max())
        if low >= 1 and high == len(class_names):  # counted from 1, as MATLAB does
            found, low, high = found - 1, low - 1, high - 1
        if low < 0 or high >= len(class_names):
            raise ReaderError(
                f"{name} has labels from {low} to {high}, but the {len(class_names)} classes have 0 to "
                f"{len(class_names) - 1}; correct the labels or the names of the classes."
            )
        return found.astype(np.int64), tuple(map(str, class_names))
    different, places = np.unique(found, return_inverse=True)
    if len(different) > MOST_CLASSES:
        return None
    texts = [str(value) for value in different.tolist()]
    order = sorted(range(len(texts)), key=lambda place: natural(texts[place])) if found.dtype.kind == "U" else None
    if order is None:
        return places.astype(np.int64), tuple(texts)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[places], tuple(texts[place] for place in order)


def are_classes(different: Sequence[str]) -> bool:
    """Tell whether different texts are classes: at most `MOST_CLASSES`, and not numbers of which some are fractions."""
    try:
        numbers = [float(each) for each in different]
    except ValueError:
        numbers = []
    return len(different) <= MOST_CLASSES and all(number.is_integer() for number in numbers)


def classes_or_column(
    labels: np.ndarray | None, names: tuple[str, ...], columns: dict[str, np.ndarray]
) -> tuple[np.ndarray | None, tuple[str, ...], dict[str, np.ndarray], tuple[str, ...]]:
    """Return labels, names and columns, with labels that are no classes as a column, and remarks on it."""
    if labels is None or are_classes(names):
        return labels, names, columns, ()
    values = column([names[label] for label in labels])
    return None, (), columns if values is None else {"label": values} | columns, (NO_CLASSES,)


def _whole(values: np.ndarray, name: str) -> np.ndarray | None:
    """Return labels as whole numbers or text; None where they are fractions or something else."""
    if values.dtype.kind in "biu":
        return plain(values)
    if values.dtype.kind in "SUO":
        return text(values, name)
    if values.dtype.kind != "f":
        return None
    missing = ~np.isfinite(values)
    if missing.any():
        raise ReaderError(
            f"{name} has {int(missing.sum()):,} labels that are no numbers, the first of image "
            f"{int(missing.argmax()) + 1:,}; give every image a label, or leave the labels out."
        )
    if (values != np.round(values)).any() or np.abs(values).max() > 2**52:
        return None
    return values.astype(np.int64)


def text(values: np.ndarray, name: str) -> np.ndarray:
    """Return labels of bytes or text (N,) as text.

    Raises:
        ReaderError: when one is missing or empty.
    """
    found = texts(values.tolist())
    empty = found == ""
    if empty.any():
        raise ReaderError(
            f"{name} has {int(empty.sum()):,} empty labels, the first of image {int(empty.argmax()) + 1:,}; give every "
            "image a label, or leave the labels out."
        )
    return found


def texts(values: Sequence[object]) -> np.ndarray:
    """Return bytes, texts or anything else as an array of short texts, empty where a value is missing."""
    return np.array([_text(value) for value in values], dtype=str)


def _text(value: object) -> str:
    if value is None or value != value:  # NaN stands for a missing text in tables
        return ""
    shown = value[: 4 * LONGEST_TEXT].decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return shown[:LONGEST_TEXT].strip().strip("\0")
