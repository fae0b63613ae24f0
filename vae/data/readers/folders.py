"""Pictures in folders: the class is the folder's, the file name's or a table's, or there is none."""

from collections.abc import Sequence

import numpy as np

from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Files, Options
from vae.data.readers.folder_tree import Tree, arrange, numbered, settled
from vae.data.readers.label_pattern import labels_by
from vae.data.readers.labels import classes_or_column
from vae.data.readers.listing import shown
from vae.data.readers.metadata import Metadata, label_column, read_metadata
from vae.data.readers.picture_list import picture_paths, reading

UNLABELLED = "Pictures without classes."


def recognised(files: Files, options: Options) -> Collection | None:
    """Return the pictures among the files, of any folders; None where there are none.

    Raises:
        ReaderError: for a pattern or a column that fits no picture, or a table that cannot be read.
    """
    paths, remarks = picture_paths(files)
    if not paths:
        return None
    tree = arrange(paths)
    metadata = read_metadata(files, paths)
    labels, names, layout, told = _classes(paths, tree, metadata, options)
    split = tree.split
    if split is None and metadata is not None:
        split = metadata.parts()
    keep = np.ones(len(paths), bool)
    for numbers in (labels, split):
        if numbers is not None:
            keep &= numbers >= 0
    kept = np.flatnonzero(keep)
    if labels is not None and (used := _used(labels[kept], names)) is None:
        labels, names, told = None, (), (*told, "All pictures are of one class, which was left out.")
    elif labels is not None and used is not None:
        labels, names = used
    columns = {} if metadata is None else dict(metadata.columns(kept))
    labels, names, columns, label_remarks = classes_or_column(labels, names, columns)
    parts, part_remarks = settled(None if split is None else split[kept])
    of_table = metadata.remarks if metadata else ()
    chosen = paths if keep.all() else [paths[row] for row in kept]
    return Collection(
        layout=UNLABELLED if labels is None else layout,
        count=len(chosen),
        read=reading(files, chosen),
        labels=labels,
        class_names=names,
        split=parts,
        columns=columns,
        name_of=lambda row: shown(chosen[row]),
        named=True,
        remarks=(*files.remarks, *remarks, *tree.part_remarks, *told, *label_remarks, *part_remarks, *of_table),
    )


def _classes(
    paths: Sequence[str], tree: Tree, metadata: Metadata | None, options: Options
) -> tuple[np.ndarray | None, tuple[str, ...], str, tuple[str, ...]]:
    """Return labels, -1 for none, and class names, with the layout and what is to be said of them."""
    texts: list[str | None] | None
    if options.label_pattern:
        texts = labels_by(options.label_pattern, paths)
        if not any(texts):
            raise ReaderError(
                f"The pattern {shown(options.label_pattern)!r} fits no picture; the first is {shown(paths[0])}."
            )
        return (
            *numbered(texts),
            "Pictures with their class in their names.",
            _without(texts, "that the pattern does not fit"),
        )
    if tree.labels is not None and not options.label_column:
        return tree.labels, tree.class_names, "Pictures in folders, of which each is a class.", tree.remarks
    if options.label_column and metadata is None:
        raise ReaderError("There is no table with a column `file_name` beside the pictures; leave the column empty.")
    texts = None if metadata is None else label_column(metadata, options.label_column)
    if texts is not None and len(set(texts) - {None}) > 1:
        return (
            *numbered(texts),
            "Pictures with their class in a table.",
            _without(texts, "to which the table gives no class"),
        )
    return None, (), UNLABELLED, tree.remarks


def _without(texts: Sequence[str | None], why: str) -> tuple[str, ...]:
    count = sum(text is None for text in texts)
    return (f"Pictures {why} were left out: {count:,}.",) if count else ()


def _used(labels: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """Number classes anew without those of pictures that were left out; None where fewer than two are left."""
    used, numbers = np.unique(labels, return_inverse=True)
    if len(used) < 2:
        return None
    return numbers.astype(np.int64), tuple(names[number] for number in used)
