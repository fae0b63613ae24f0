"""WebDataset archives: files that share a name up to its first dot are one sample, `0001.png` with `0001.cls`."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from vae.data.readers.collection import Collection, ReaderError, Stored, UnreadableImageError
from vae.data.readers.delimited import column
from vae.data.readers.files import Files, Options
from vae.data.readers.folder_files import FolderFiles
from vae.data.readers.folder_tree import PART_OF, numbered, settled
from vae.data.readers.labels import classes_or_column
from vae.data.readers.listing import shown
from vae.data.readers.metadata import LABELS, MOST_VALUES
from vae.data.readers.picture_list import HEAD, read_picture
from vae.data.readers.pictures import SUFFIXES, is_picture
from vae.data.readers.tar_files import TarFiles, is_tar

TOLD = ("cls", "txt", "json")  # files that tell something of the image
MOST_TOLD = 100_000  # bytes of such a file
LOOKED_AT = 24  # samples whose images are looked at


@dataclass(eq=False)
class Samples:
    """The samples of all shards."""

    shards: list[Files] = field(default_factory=list)
    shard_of: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    classes: list[str | None] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    without: int = 0  # samples without an image
    dropped: set[str] = field(default_factory=set)  # columns that were too many

    def set(self, name: str, text: str) -> None:
        """Set a column's text of the last sample."""
        if name not in self.texts and (len(self.texts) + 1) * len(self.paths) > MOST_VALUES:
            self.dropped.add(name)
            return
        texts = self.texts.setdefault(name, [])
        texts += [""] * (len(self.paths) - 1 - len(texts))
        if len(texts) < len(self.paths):
            texts.append(text)


def recognised(files: Files, options: Options) -> Collection | None:
    """Return the samples of an archive, or of a folder of them; None where images have nothing of their name beside.

    Raises:
        ReaderError: for a shard that cannot be read.
    """
    shards = _shards(files)
    if not shards or not _are_samples(shards[0]):
        return None
    found = Samples()
    for shard in shards:
        _collect(shard, found)
    split, part_remarks = settled(np.array(found.parts) if -1 not in found.parts else None)
    labels, names = _labels(found)
    texts = {name: texts + [""] * (len(found.paths) - len(texts)) for name, texts in found.texts.items()}
    columns = {name: values for name in texts if (values := column(texts[name])) is not None}
    labels, names, columns, label_remarks = classes_or_column(labels, names, columns)

    def read(rows: Sequence[int]) -> Iterator[Stored | UnreadableImageError]:
        for row in rows:
            yield read_picture(found.shards[found.shard_of[row]], found.paths[row])

    several = f" of {len(shards):,} shards" if len(shards) > 1 else ""
    return Collection(
        layout=f"WebDataset samples{several}.",
        count=len(found.paths),
        read=read,
        labels=labels,
        class_names=names,
        split=split,
        columns=columns,
        name_of=lambda row: shown(found.paths[row]),
        named=True,
        remarks=(
            *files.remarks,
            *(each for shard in shards for each in shard.remarks),
            *part_remarks,
            *label_remarks,
            *_told(found),
        ),
    )


def _shards(files: Files) -> list[Files]:
    """Return the archives that may hold samples: the source itself, or all files of a folder."""
    if isinstance(files, TarFiles):
        return [files]
    if not isinstance(files, FolderFiles) or len(files.sizes) > 10_000:
        return []
    paths = [path for path in files.sizes if path.lower().endswith((".tar", ".tgz", ".tar.gz"))]
    if 2 * len(paths) <= len(files.sizes) or not all(is_tar(files.local(path)) for path in paths):
        return []
    return [files.archive(path) for path in paths]


def _samples(shard: Files) -> Iterator[dict[str, str]]:
    """Yield the paths of a sample's files by what follows the first dot of their names."""
    for _, paths in groupby(shard.sizes, _key):
        yield {path[len(_key(path)) + 1 :].lower(): path for path in paths}


def _key(path: str) -> str:
    begin = path.rfind("/") + 1
    dot = path.find(".", begin)
    return path if dot < 0 else path[:dot]


def _image(sample: dict[str, str]) -> str | None:
    return next((path for ending, path in sample.items() if f".{ending}" in SUFFIXES), None)


def _are_samples(shard: Files) -> bool:
    """Tell whether most images have a file beside them that tells something, and are images."""
    images = told = true = 0
    for sample in _samples(shard):
        if (image := _image(sample)) is None:
            continue
        told += any(ending in TOLD for ending in sample)
        images += 1
        if images <= LOOKED_AT:
            true += is_picture(shard.read(image, HEAD))
    return true > 0 and 2 * told > images


def _collect(shard: Files, found: Samples) -> None:
    found.shards.append(shard)
    match = re.match("[a-z]+", shard.name.casefold())
    part = PART_OF.get(match[0], -1) if match else -1
    for sample in _samples(shard):
        if (image := _image(sample)) is None:
            found.without += 1
            continue
        found.shard_of.append(len(found.shards) - 1)
        found.paths.append(image)
        found.parts.append(part)
        label = None
        if "txt" in sample:
            found.set("txt", _text(shard, sample["txt"]))
        if "json" in sample:
            label = _from_json(_text(shard, sample["json"]), found)
        if "cls" in sample:
            label = _text(shard, sample["cls"]) or None
        found.classes.append(label)


def _text(shard: Files, path: str) -> str:
    return shard.read(path, MOST_TOLD).decode("utf-8", "replace").strip("\ufeff \r\n\t\0")


def _from_json(text: str, found: Samples) -> str | None:
    """Keep the numbers and texts of a sample's JSON object, and return its class, if it names one."""
    label = None
    with suppress(ValueError, RecursionError):
        content = json.loads(text)
        for name, value in content.items() if isinstance(content, dict) else ():
            if name.casefold() in LABELS and isinstance(value, str | int):
                label = str(value)
            elif isinstance(value, str | int | float):
                found.set(shown(name), str(value))
    return label


def _labels(found: Samples) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the numbers of the classes; None where there are not two, or where most images have none."""
    known = [label for label in found.classes if label is not None]
    if len(set(known)) < 2 or 2 * len(known) < len(found.classes):
        return None, ()
    if len(known) < len(found.classes):
        raise ReaderError(
            f"{len(found.classes) - len(known):,} of {len(found.classes):,} samples have no class (.cls); add it, or "
            "leave them out of the archive."
        )
    return numbered(found.classes)


def _told(found: Samples) -> Iterator[str]:
    if found.without:
        yield f"Samples without an image were left out: {found.without:,}."
    if found.dropped:
        yield f"The columns {shown(', '.join(sorted(found.dropped)))} were left out: there are too many values."
