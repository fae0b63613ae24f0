"""The parts of an imported set: which images are trained on, validated with and tested with, and in which order."""

import numpy as np

from vae.data.dataset import LEAST, PARTS
from vae.data.preparation.settings import Split
from vae.data.readers.collection import Collection, ReaderError

TRAIN, VALIDATION, TEST = range(len(PARTS))
SPLIT_FROM = 3  # images of a class of which at least one is trained on and one tested with


def divide(collection: Collection, split: Split) -> tuple[np.ndarray, bool, tuple[str, ...]]:
    """Divide the images of a collection into parts.

    Returns:
        The part of every image, uint8 (count,), places in `PARTS`; whether the parts are all those of the files; and
        sentences on what was assumed.

    Raises:
        ReaderError: when there are too few images.
    """
    count = collection.count
    if count < 2 * LEAST:
        raise ReaderError(
            f"There {'is 1 image' if count == 1 else f'are {count} images'}; bring at least {2 * LEAST}: {LEAST} are "
            f"trained on and {LEAST} tested with."
        )
    given = collection.split
    if given is None or not np.any(given == TRAIN):
        return _drawn(collection.labels, count, split.validation, split.test, split.seed), False, ()
    parts = given.astype(np.uint8)
    if np.any(parts == TEST):
        return parts, True, ()
    rows = np.flatnonzero(parts == TRAIN)
    labels = None if collection.labels is None else collection.labels[rows]
    parts[rows] = _drawn(labels, len(rows), 0.0, split.test, split.seed)
    tested = int(np.count_nonzero(parts == TEST))
    return parts, False, (f"The files have no images to test with: {tested:,} of those to train on were put aside.",)


def order_of(parts: np.ndarray, seed: int) -> np.ndarray:
    """Return the rows of all images in the order of their parts, int64 (count,), at random within each.

    Images of a folder come class by class, and the first of a part are to be as varied as all of it.
    """
    random = np.random.default_rng((seed, 1)).random(len(parts))
    return np.lexsort((random, parts))


def _drawn(labels: np.ndarray | None, count: int, validation: float, test: float, seed: int) -> np.ndarray:
    """Draw parts by shares, of every class alike: uint8 (count,)."""
    parts = np.zeros(count, np.uint8)
    random = np.random.default_rng(seed).permutation(count)
    classes = np.zeros(count, np.int64) if labels is None else labels
    shuffled = random[np.argsort(classes[random], kind="stable")]
    for rows in np.split(shuffled, np.flatnonzero(np.diff(classes[shuffled])) + 1):
        tested = max(round(len(rows) * test), int(len(rows) >= SPLIT_FROM))
        validated = min(round(len(rows) * validation), len(rows) - tested - 1)
        parts[rows[:tested]] = TEST
        parts[rows[tested : tested + max(0, validated)]] = VALIDATION
    missing = LEAST - int(np.count_nonzero(parts == TEST))
    if missing > 0:  # few images, or classes of one or two
        parts[random[parts[random] == TRAIN][:missing]] = TEST
    return parts
