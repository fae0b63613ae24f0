"""Classes and parts of a set that are read off the folders in which pictures lie."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vae.data.dataset import PARTS
from vae.data.readers.listing import naturally_sorted, shown

PART_OF = {
    **dict.fromkeys(("train", "training"), 0),
    **dict.fromkeys(("val", "valid", "validation", "dev"), 1),
    **dict.fromkeys(("test", "testing"), 2),
}
FEW = 20  # folders that may be classes though each holds hardly more than one picture

Folder = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Tree:
    """Classes and parts by row; -1 where a picture has none, though others do."""

    labels: np.ndarray | None  # int64 (N,)
    class_names: tuple[str, ...]
    split: np.ndarray | None  # int64 (N,), places in `dataset.PARTS`
    remarks: tuple[str, ...]  # on the classes
    part_remarks: tuple[str, ...] = ()


def arrange(paths: Sequence[str]) -> Tree:
    """Read classes and parts off the folders of all pictures; a folder that holds all of them says nothing."""
    numbers: dict[str, int] = {}
    folder_of = np.array([numbers.setdefault(path.rpartition("/")[0], len(numbers)) for path in paths], np.int64)
    counts = np.bincount(folder_of).tolist()
    folders, outer = _unwrapped([tuple(folder.split("/")) if folder else () for folder in numbers])
    parts, folders, part_remarks = _parts(folders, counts)
    within = [part != -1 for part in parts]
    inner, wrap = _unwrapped([folder for folder, inside in zip(folders, within, strict=True) if inside])
    rest = iter(inner)
    classes = _classes([next(rest) if inside else () for inside in within], within, counts, (*outer, *wrap))
    by_folder = np.array([PARTS.index("train") if part is None else part for part in parts], np.int64)
    split = by_folder[folder_of] if any(part is not None for part in parts) else None
    labels = None if classes.labels is None else classes.labels[folder_of]
    return replace(classes, labels=labels, split=split, part_remarks=tuple(part_remarks))


def settled(split: np.ndarray | None) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the parts of a set of which some pictures were left out, as a collection has them.

    Images to validate with are tested with where there are none to test with; one part alone is none.
    """
    if split is None or len(found := np.unique(split)) < 2 or 0 not in found:
        return None, ()
    if 2 in found:
        return split.astype(np.uint8), ()
    return np.where(split == 1, 2, split).astype(np.uint8), ("The images to validate with are the test images.",)


def numbered(texts: Sequence[str | None]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the numbers of classes by row, -1 for None, and the names of the classes in natural order."""
    names = naturally_sorted({text for text in texts if text is not None})
    number = {name: place for place, name in enumerate(names)}
    labels = np.array([-1 if text is None else number[text] for text in texts], np.int64)
    return labels, tuple(shown(name) for name in names)


def _unwrapped(folders: list[Folder]) -> tuple[list[Folder], Folder]:
    """Take away the folders in which all others are, and return these too."""
    depth = 0
    while all(len(folder) > depth for folder in folders) and len({folder[depth] for folder in folders}) == 1:
        depth += 1
    return [folder[depth:] for folder in folders], folders[0][:depth] if folders else ()


def _parts(folders: list[Folder], counts: list[int]) -> tuple[list[int | None], list[Folder], list[str]]:
    """Find the level of folders called train, validation and test, and return the part by folder, -1 for another one.

    Return also the folders without that level, and what is to be said.
    """
    for level in range(max(map(len, folders))):
        parts = [PART_OF.get(folder[level].casefold(), -1) if len(folder) > level else -1 for folder in folders]
        without = [folder[:level] + folder[level + 1 :] for folder in folders]
        if {0, 1} <= set(parts) or {0, 2} <= set(parts):
            outside = sum(count for part, count in zip(parts, counts, strict=True) if part == -1)
            told = [f"Pictures in no folder of a part were left out: {outside:,}."] if outside else []
            return list(parts), without, told
        if level and set(parts) in ({0}, {1}, {2}):  # every class has a folder `train` in it, and nothing else
            return [None] * len(folders), without, []
    return [None] * len(folders), folders, []


def _classes(folders: list[Folder], within: list[bool], counts: list[int], wrap: Folder) -> Tree:
    """Find the classes by folder; `within` tells which folders belong to the set."""
    texts = [folder[0] if folder else None for folder in folders]
    found: Counter[str | None] = Counter()
    for text, inside, count in zip(texts, within, counts, strict=True):
        found[text] += count if inside else 0
    bare = found.pop(None, 0)
    total = found.total()
    if len(found) < 2 or bare > total:
        return Tree(None, (), None, ())
    if len(found) > max(FEW, (bare + total) // 2):
        told = f"The {len(found):,} folders hold hardly more than one picture each and were not taken for classes."
        return Tree(None, (), None, (told,))
    labels, names = numbered(texts)
    remarks = []
    if bare:
        remarks.append(f"Pictures in the folder of no class were left out: {bare:,}.")
    deep = next((folder for folder, inside in zip(folders, within, strict=True) if inside and len(folder) > 1), None)
    if deep is not None:
        path = shown("/".join((*wrap, *deep)))
        told = (
            f"Folders lie in folders: of {path} the class is {shown(deep[0])}, and what lies deeper is not told apart."
        )
        remarks.append(told)
    return Tree(labels, names, None, tuple(remarks))
