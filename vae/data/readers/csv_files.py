"""CSV files with one image a row: a column a pixel, with a column of labels or without."""

from collections.abc import Iterator, Sequence
from functools import partial
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from vae.data.readers.arrays import broken
from vae.data.readers.collection import Collection, ReaderError, Stored, UnreadableImageError
from vae.data.readers.csv_columns import Columns, columns
from vae.data.readers.csv_table import Table, table
from vae.data.readers.files import Files, Options
from vae.data.readers.labels import texts
from vae.data.readers.parts import Piece, candidates, joined, part_of

if TYPE_CHECKING:
    from pandas import DataFrame

SURE = (".csv", ".tsv")  # a file called so that holds no images is refused rather than left to other readers
SUFFIXES = (*SURE, ".txt", ".data", ".tra", ".tes")
FILE_NAMES = ("file_name", "filename", "file", "image", "path", "image_path", "filepath", "image_name")


def recognised(files: Files, options: Options) -> Collection | None:
    """Read CSV files as images, one a row.

    Raises:
        ReaderError: when none of them holds images.
    """
    found: list[tuple[Table, Columns]] = []
    wrong: list[tuple[str, ReaderError]] = []
    for path in candidates(files, SUFFIXES):
        looked_at = table(files, path)
        if looked_at is None:
            continue
        try:
            found.append((looked_at, columns(looked_at, options.label_column)))
        except ReaderError as error:
            names_files = looked_at.headed and set(FILE_NAMES) & {name.lower() for name in looked_at.names}
            if not names_files and path.lower().endswith(SURE):
                wrong.append((path, error))
    if not found and wrong:
        raise wrong[0][1]
    if not found:
        return None
    remarks = [columns.remark for _, columns in found if columns.remark]
    remarks += [f"{path} holds no images and was left out." for path, _ in wrong]
    return joined(
        [_piece(*one) for one in found],
        f"CSV with one image a row, of {found[0][1].form.text}.",
        remarks=remarks,
    )


def _piece(table: Table, columns: Columns) -> Piece:
    """Go through the table once for all but its pixels."""
    places = [*((columns.label,) if columns.label is not None else ()), *columns.others]
    frames = []
    with broken(table.name):
        for chunk in table.chunks(places or [columns.pixels[0]], dtype=str, na_filter=False):
            frames.append({place: texts(chunk[place].tolist()) for place in places} | {-1: np.empty(len(chunk), bool)})
    if not frames:
        raise ReaderError(f"{table.name} has no rows beside its header; save it again with the images.")
    whole = {place: np.concatenate([frame[place] for frame in frames]) for place in frames[0]}
    return Piece(
        name=table.name,
        count=len(whole[-1]),
        read=partial(_pictures, table, columns),
        part=part_of(table.name),
        labels=None if columns.label is None else _numbers(whole[columns.label], all_of_them=True),
        columns={table.names[place]: _numbers(whole[place]) for place in columns.others},
        first_row=table.first_row,
    )


def _numbers(values: np.ndarray, all_of_them: bool = False) -> np.ndarray:
    """Return texts as numbers where they are, the empty ones as NaN unless all must be numbers, else as they are."""
    try:
        return (values if all_of_them else np.where(values == "", "nan", values)).astype(np.float64)
    except ValueError:
        return values


def _pictures(table: Table, columns: Columns, rows: Sequence[int]) -> Iterator[Stored | UnreadableImageError]:
    wanted = np.asarray(rows)
    start = position = 0
    with broken(table.name):
        for chunk in table.chunks(dtype=str) if columns.spaced else table.chunks():
            end = int(np.searchsorted(wanted, start + len(chunk)))
            inside = wanted[position:end] - start
            if len(inside):
                read = _of_texts if columns.spaced else _of_chunk
                yield from read(table, columns, chunk, inside, start)
            start, position = start + len(chunk), end
            if position == len(wanted):
                return
    raise ReaderError(f"{table.name} has fewer rows than before; import it again.")


def _of_chunk(
    table: Table, columns: Columns, chunk: "DataFrame", rows: np.ndarray, start: int
) -> Iterator[Stored | UnreadableImageError]:
    import pandas as pd

    if chunk.shape[1] <= max(columns.pixels):
        raise ReaderError(f"{table.name} has rows of {chunk.shape[1]} values; complete them.")
    pixels = chunk[list(columns.pixels)]
    if not all(kind.kind in "biuf" for kind in pixels.dtypes):
        pixels = pixels.apply(pd.to_numeric, errors="coerce")
    values = pixels.to_numpy()
    if values.dtype.kind not in "biuf":
        values = values.astype(np.float64)
    sound = np.isfinite(values)
    for row in rows:
        if sound[row].all():
            yield columns.form.picture(values[row])
            continue
        place = columns.pixels[int(np.argmin(sound[row]))]
        cell = chunk[place].iloc[int(row)]
        held = "is empty" if cell != cell else f"holds {str(cell)[:20]!r}, which is no number"
        yield _unreadable(table, start + row, place, held)


def _of_texts(
    table: Table, columns: Columns, chunk: "DataFrame", rows: np.ndarray, start: int
) -> Iterator[Stored | UnreadableImageError]:
    place = columns.pixels[0]
    length = prod(columns.form.stored)
    for row in rows:
        cells = str(chunk[place].iloc[int(row)]).split()
        try:
            values = np.array(cells, dtype=np.float64)
        except ValueError:
            values = np.array([np.nan])
        if len(values) == length and np.isfinite(values).all():
            yield columns.form.picture(values)
        else:
            held = f"has {len(cells):,} values, not {length:,} numbers" if cells else "is empty"
            yield _unreadable(table, start + row, place, held)


def _unreadable(table: Table, row: int, place: int, held: str) -> UnreadableImageError:
    return UnreadableImageError(f"{table.name} row {row + table.first_row}: column {table.names[place]} {held}.")
