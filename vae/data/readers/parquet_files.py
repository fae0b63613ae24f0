"""Parquet files with a column of image files, as Hugging Face stores data sets, in one file or several shards."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from vae.data.readers.arrays import broken
from vae.data.readers.collection import Collection, ReaderError, Stored, UnreadableImageError
from vae.data.readers.files import Files, Options
from vae.data.readers.labels import texts
from vae.data.readers.listing import shown
from vae.data.readers.parquet_columns import class_names, image_column, label_column, other_columns
from vae.data.readers.parts import Piece, candidates, joined, part_of

MAGIC = b"PAR1"
BATCH = 16 * 2**20  # bytes of image files that are in memory at once, about
BUFFER = 2**20


@dataclass(frozen=True)
class Shard:
    """One Parquet file and what its columns are."""

    path: str
    local: Path
    image: str
    label: str  # empty without one
    others: tuple[str, ...]


def recognised(files: Files, options: Options) -> Collection | None:
    """Read Parquet files that have a column of image files.

    Raises:
        ReaderError: when one is damaged, has no such column, or lacks the labels that others have.
    """
    paths = [path for path in candidates(files, (".parquet",)) if files.read(path, 4) == MAGIC]
    if not paths:
        return None
    shards: list[Shard] = []
    names: tuple[str, ...] | None = None
    for path in paths:
        shard, found = _shard(shown(path), files.local(path), options)
        shards.append(shard)
        names = names or found
    pieces = [_piece(shard, names) for shard in shards]
    pieces = [piece for piece in pieces if piece.count]
    if not pieces:
        raise ReaderError(f"{paths[0]} has no rows; download it again.")
    return joined(
        pieces,
        f"Parquet with image files in the column {shards[0].image}.",
        class_names=names
        if all(piece.labels is None or piece.labels.dtype.kind in "iuf" for piece in pieces)
        else None,
        remarks=_missing_shards(paths),
    )


def _shard(path: str, local: Path, options: Options) -> tuple[Shard, tuple[str, ...] | None]:
    with _opened(path, local) as file:
        schema = file.schema_arrow
        image = image_column(path, schema, options.image_column)
        label = label_column(path, schema, options.label_column)
        others = tuple(name for name in other_columns(schema) if name not in (image, label))
        return Shard(path, local, image, label, others), class_names(schema, label)


def _opened(path: str, local: Path) -> Any:  # pyarrow has no types
    import pyarrow.parquet as pq  # 0.1 s that nobody else needs

    with broken(path):
        # Pages are read as they are needed, rather than all of a group of rows at once.
        return pq.ParquetFile(local, buffer_size=BUFFER, pre_buffer=False, memory_map=False)


def _piece(shard: Shard, names: tuple[str, ...] | None) -> Piece:
    """Read all of a shard but its images."""
    wanted = [*((shard.label,) if shard.label else ()), *shard.others]
    with _opened(shard.path, shard.local) as file, broken(shard.path):
        count = file.metadata.num_rows
        table = file.read(columns=wanted, use_threads=False) if wanted else None
        columns = {name: _values(table.column(name)) for name in shard.others} if table else {}
        labels = _labels(table.column(shard.label), shard, names) if table and shard.label else None
    return Piece(
        name=shard.path,
        count=count,
        read=partial(_pictures, shard),
        part=part_of(shard.path),
        labels=labels,
        columns=columns,
        first_row=1,
    )


def _labels(column: Any, shard: Shard, names: tuple[str, ...] | None) -> np.ndarray | None:
    """Return the labels of a shard; None where it has none, as Hugging Face's sets to be judged, which have -1."""
    if column.null_count == len(column):
        return None
    if column.null_count:
        raise ReaderError(
            f"{shard.path} has {column.null_count:,} rows without a value in {shard.label}; give every image one, or "
            "leave the column out."
        )
    values = _values(column, labels=True)
    return None if names and values.dtype.kind in "iu" and len(values) and (values == -1).all() else values


def _values(column: Any, labels: bool = False) -> np.ndarray:
    """Return a column as numbers, whole ones if they are labels, or as short texts."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_boolean(kind):
        column, kind = column.cast(pa.int8()), pa.int8()
    if pa.types.is_integer(kind) and labels:
        return column.to_numpy()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    return np.concatenate([texts(chunk.to_pylist()) for chunk in column.chunks] or [np.array([], dtype=str)])


def _missing_shards(paths: Sequence[str]) -> list[str]:
    """Say which of the shards that the names promise are not there."""
    promised: dict[tuple[str, int], set[int]] = {}
    for path in paths:
        if match := re.search(r"^(.*?)-?(\d{5})-of-(\d{5})", path):
            promised.setdefault((match[1], int(match[3])), set()).add(int(match[2]))
    return [
        f"{name or 'The set'} has {len(here)} of {count} shards; the images of the others are missing."
        for (name, count), here in promised.items()
        if len(here) < count
    ]


def _pictures(shard: Shard, rows: Sequence[int]) -> Iterator[Stored | UnreadableImageError]:
    from vae.data.readers.pictures import decode

    wanted = np.asarray(rows)
    with _opened(shard.path, shard.local) as file, broken(shard.path):
        start = 0
        for group in range(file.metadata.num_row_groups):
            about = file.metadata.row_group(group)
            inside = wanted[np.searchsorted(wanted, start) : np.searchsorted(wanted, start + about.num_rows)]
            if len(inside):
                for row, content in _contents(file, group, shard.image, inside - start):
                    name = f"{shard.path} row {start + row + 1}"
                    if content is None:
                        yield UnreadableImageError(f"{name} holds no image.")
                        continue
                    try:
                        picture = decode(content, name)
                    except UnreadableImageError as error:
                        yield error
                    else:
                        yield picture
            start += about.num_rows


def _contents(file: Any, group: int, image: str, rows: np.ndarray) -> Iterator[tuple[int, bytes | None]]:
    """Yield the rows wanted of a group of rows, with the image file of each."""
    import pyarrow as pa

    about = file.metadata.row_group(group)
    size = max(1, about.total_byte_size // max(1, about.num_rows))
    start = position = 0
    for batch in file.iter_batches(max(1, min(BATCH // size, 4_096)), [group], [image], use_threads=False):
        column = batch.column(0)
        end = int(np.searchsorted(rows, start + len(column)))
        inside = rows[position:end]
        for row, value in zip(inside.tolist(), column.take(pa.array(inside - start)).to_pylist(), strict=True):
            yield row, value.get("bytes") if isinstance(value, dict) else value
        start, position = start + len(column), end
        if position == len(rows):
            return
