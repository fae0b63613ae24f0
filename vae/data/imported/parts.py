"""The parts of an imported set: which images are trained on, validated with and tested with, and in which order."""

import numpy as np

from vae.data.dataset import LEAST, PARTS
from vae.data.preparation.settings import Split
from vae.data.readers.collection import Collection, ReaderError

TRAIN, VALIDATION, TEST = range(len(PARTS))
SPLIT_FROM = 3  # images of a class of which one is tested with at least, where so many are tested with at all


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
    """Draw parts by shares of all images, and of every class as nearly alike as its size allows: uint8 (count,)."""
    parts = np.zeros(count, np.uint8)
    random = np.random.default_rng(seed).permutation(count)
    classes = np.zeros(count, np.int64) if labels is None else labels
    shuffled = random[np.argsort(classes[random], kind="stable")]
    groups = np.split(shuffled, np.flatnonzero(np.diff(classes[shuffled])) + 1)
    sizes, ties = np.array([len(rows) for rows in groups]), np.random.default_rng((seed, 2))
    tests = max(LEAST, round(count * test))
    tested = _apportioned(sizes * test, (sizes >= SPLIT_FROM).astype(np.int64), sizes - 1, tests, ties)
    validations = round(count * validation)
    validated = _apportioned(sizes * validation, np.zeros_like(sizes), sizes - tested - 1, validations, ties)
    for rows, first, second in zip(groups, tested, validated, strict=True):
        parts[rows[:first]] = TEST
        parts[rows[first : first + second]] = VALIDATION
    for part, wanted in ((TEST, tests), (VALIDATION, validations)):  # of classes of one image all are left so far
        left = random[parts[random] == TRAIN]
        missing = min(wanted - int(np.count_nonzero(parts == part)), len(left) - LEAST)
        parts[left[: max(0, missing)]] = part
    return parts


def _apportioned(
    shares: np.ndarray, least: np.ndarray, most: np.ndarray, total: int, ties: np.random.Generator
) -> np.ndarray:
    """Return whole numbers near the shares that add up to a total, by largest remainders, int64 (classes,).

    No number is above its `most`, and none below its `least` where the total allows all of these.
    """
    most = np.maximum(most, 0)
    least = np.minimum(least, most) if least.sum() <= total else np.zeros_like(least)
    found = np.clip(np.floor(shares).astype(np.int64), least, most)
    order = ties.random(len(shares)) * 1e-6  # equal remainders are chosen among at random
    while found.sum() < total and (found < most).any():
        found[np.argmax(np.where(found < most, shares - found + order, -np.inf))] += 1
    while found.sum() > total and (found > least).any():
        found[np.argmax(np.where(found > least, found - shares + order, -np.inf))] -= 1
    return found
