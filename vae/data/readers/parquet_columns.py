"""Which columns of a Parquet file are the images, the labels and other facts, by its schema alone."""

import json
from collections.abc import Sequence
from typing import Any

from vae.data.readers.collection import ReaderError

IMAGES = ("image", "img", "picture", "photo", "pixel_values", "bytes")
LABELS = ("label", "labels", "fine_label", "fine_labels", "class", "target", "y", "digit")
LONGEST_METADATA = 4_000_000  # bytes


def image_column(path: str, schema: Any, chosen: str = "") -> str:
    """Return the column of image files: the one that was chosen, the one of a usual name, or the first.

    Raises:
        ReaderError: when there is none; the message lists the columns that there are.
    """
    possible = [field.name for field in schema if _holds_files(field.type)]
    if chosen in possible or (not chosen and possible):
        return chosen or next((name for name in IMAGES if name in possible), possible[0])
    found = ", ".join(f"{field.name} ({str(field.type)[:30]})" for field in list(schema)[:8]) or "none"
    called = f" called {chosen!r}" if chosen else ""
    raise ReaderError(
        f"{path} has no column{called} of image files; its columns are {found}"
        f"{', ...' if len(schema) > 8 else ''}, and images are bytes, or bytes with a path."
    )


def label_column(path: str, schema: Any, chosen: str = "") -> str:
    """Return the column of labels: the one that was chosen, or the one of a usual name; empty without any.

    Raises:
        ReaderError: when the chosen one is not there.
    """
    possible = other_columns(schema)
    if chosen and chosen not in possible:
        raise ReaderError(f"{path} has no column {chosen!r}; its columns are {', '.join(schema.names[:8])}.")
    return chosen or next((name for name in LABELS if name in possible), "")


def other_columns(schema: Any) -> list[str]:
    """List the columns that have one number or text a row."""
    import pyarrow as pa

    types = pa.types
    kinds = (types.is_integer, types.is_floating, types.is_boolean, types.is_string, types.is_large_string)
    names = []
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if any(tells(kind) for tells in kinds) and schema.names.count(field.name) == 1:
            names.append(field.name)
    return names


def class_names(schema: Any, label: str) -> tuple[str, ...] | None:
    """Return the names of the classes that Hugging Face keeps in the file's metadata; None where it has none."""
    content = (schema.metadata or {}).get(b"huggingface", b"")
    if not label or not 0 < len(content) <= LONGEST_METADATA:
        return None
    try:
        found: Any = json.loads(content)
        for key in ("info", "features", label, "names"):
            found = found[key]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    sound = isinstance(found, Sequence) and not isinstance(found, str) and all(isinstance(one, str) for one in found)
    return tuple(found) if sound and found else None


def _holds_files(kind: Any) -> bool:
    """Tell whether a column's values are bytes, or a struct that has bytes."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        place = kind.get_field_index("bytes")
        return place >= 0 and _holds_files(kind.field(place).type) and not pa.types.is_struct(kind.field(place).type)
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
