"""In the place of the module that opens sources and finds images in them: any path holds the same sixty images."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.helpers.collections import squares
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Options


@contextmanager
def open_source(path: Path) -> Iterator[Path]:
    if path.stem == "damaged":
        raise ReaderError(f"{path.name} is damaged; bring it again.")
    yield path


def collect(files: Path, options: Options | None = None) -> Collection:
    columns = () if options is None else (options.label_pattern, options.label_column, options.image_column)
    return replace(squares(60, side=12), remarks=tuple(f"{column} was asked for." for column in columns if column))
