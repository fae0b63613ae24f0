"""Which columns of a text table are pixels, which one is the label, and what else there is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vae.data.readers.collection import ReaderError
from vae.data.readers.csv_table import Table, is_number
from vae.data.readers.shapes import LEAST_FLAT, Form, flat_form, is_flat

LABELS = ("label", "labels", "class", "target", "y", "digit", "letter", "character", "emotion", "symbol", "species")
ROW_NUMBERS = ("", "unnamed: 0", "index", "id", "imageid", "image_id")


@dataclass(frozen=True, eq=False)
class Columns:
    """The places of a table's columns by what they hold."""

    pixels: tuple[int, ...]
    form: Form
    label: int | None
    others: tuple[int, ...]
    spaced: bool = False  # whether one column has all pixels of an image, with spaces between them
    remark: str = ""  # where the label was found by its values


def columns(table: Table, label_column: str = "") -> Columns:
    """Tell what the columns of a table hold, by their names and else by their number and values.

    Raises:
        ReaderError: when they hold no images, or there is no column called `label_column`.
    """
    lower = [name.lower() for name in table.names]
    label = None
    if label_column:
        if label_column.lower() not in lower:
            raise ReaderError(
                f"{table.name} has no column {label_column!r}; its columns are {', '.join(table.names[:6])}"
                f"{', ...' if len(lower) > 6 else ''}."
            )
        label = lower.index(label_column.lower())
    elif table.headed:
        label = next((lower.index(name) for name in LABELS if name in lower), None)
    if (found := _spaced(table, lower, label)) is not None:
        return found
    sized = _sized(table, lower)
    pixels, remark = (sized[0], "") if sized else (_numbered(table, lower, label), "")
    if not pixels:
        pixels = [place for place in range(len(lower)) if place != label and _holds_numbers(table, place)]
        pixels = [place for place in pixels if not (table.headed and lower[place] in ROW_NUMBERS)]
        if label is None and is_flat(len(pixels) - 1):
            label, remark = _label_by_values(table, pixels)
            pixels.remove(label)
    label, others = _rest(table, pixels, label)
    cells = [[row[place] for place in pixels] for row in table.sample]
    form = sized[1] if sized else _form(table, cells, len(pixels))
    return Columns(tuple(pixels), form, label, others, remark=remark)


def _rest(table: Table, pixels: Sequence[int], label: int | None) -> tuple[int | None, tuple[int, ...]]:
    """Return the label, which is the only column beside the pixels where nothing tells more, and the other columns."""
    row_numbers = [place for place, name in enumerate(table.names) if table.headed and name.lower() in ROW_NUMBERS]
    others = [place for place in range(len(table.names)) if place not in {*pixels, *row_numbers, label}]
    return (others[0], ()) if label is None and len(others) == 1 else (label, tuple(others))


def _spaced(table: Table, names: Sequence[str], label: int | None) -> Columns | None:
    """Return the columns of a table of which one has all pixels of an image, as that of FER2013."""
    for place in range(len(names) if len(names) < LEAST_FLAT else 0):
        cells = [row[place].split() for row in table.sample]
        length = len(cells[0]) if cells else 0
        if is_flat(length) and all(is_number(one) for one in cells[0]):
            label, others = _rest(table, [place], label)
            return Columns((place,), _form(table, cells, length), label, others, spaced=True)
    return None


def _form(table: Table, rows: Sequence[Sequence[str]], length: int) -> Form:
    """Tell how cells are a picture, where the order of colours is open from the rows that are complete."""

    def sample() -> np.ndarray:
        complete = [list(map(float, row)) for row in rows if len(row) == length and all(map(is_number, row))]
        return np.array(complete or np.zeros((1, length)))

    return flat_form(length, table.name, sample)


def _sized(table: Table, names: Sequence[str]) -> tuple[list[int], Form] | None:
    """Return the columns called by row and column of a pixel, such as `1x1` to `20x28`, and the size that they give."""
    found = {place: match for place, name in enumerate(names) if (match := re.fullmatch(r"\D*(\d+)x(\d+)", name))}
    if len(found) < LEAST_FLAT**2 or not table.headed:
        return None
    height = len({int(match[1]) for match in found.values()})
    width = len({int(match[2]) for match in found.values()})
    if height * width != len(found):
        raise ReaderError(
            f"{table.name} has {len(found):,} columns called by row and column of a pixel, but {height} rows and "
            f"{width} columns of pixels; complete them."
        )
    return list(found), Form((height, width), (0, 1))


def _numbered(table: Table, names: Sequence[str], label: int | None) -> list[int]:
    """Return the columns whose names differ in a number alone, such as `pixel0` to `pixel783`."""
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names if table.headed else ()):
        if place != label and (match := re.fullmatch(r"(.*?)[ _.-]?\d+", name)):
            groups.setdefault(match[1], []).append(place)
    largest = max(groups.values(), key=len, default=[])
    return largest if is_flat(len(largest)) else []


def _holds_numbers(table: Table, place: int) -> bool:
    cells = [row[place] for row in table.sample if row[place].strip()]
    return sum(map(is_number, cells)) > len(cells) / 2


def _label_by_values(table: Table, numbers: Sequence[int]) -> tuple[int, str]:
    """Tell whether the first or the last column has the labels: few values, but not one alone, as corners have."""
    first, last = (sorted({row[place] for row in table.sample}) for place in (numbers[0], numbers[-1]))
    if len(first) == 1 or len(last) == 1:
        chosen = numbers[0] if len(last) == 1 else numbers[-1]
    else:
        chosen = numbers[0] if len(first) <= len(last) else numbers[-1]
    where = "first" if chosen == numbers[0] else "last"
    return chosen, f"The {where} column of {table.name} was taken for the labels, as its values suggest."
