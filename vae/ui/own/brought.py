"""Files that a session has brought: opened, recognised, and looked at as the model will see them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vae.data.contact_sheet import thumbnail
from vae.data.preparation.settings import Preparation
from vae.data.readers.collection import Collection, ReaderError, UnreadableImageError
from vae.data.readers.files import Files, Options
from vae.ui.own.uploads import Uploads

if TYPE_CHECKING:
    from vae.data.imported.look import Look

SHOWN = 24  # images
SIDE = 72  # pixels of an image that is shown
LOOKED_AT = 500  # images that are counted over
KEPT = 8  # looks of other settings, to which somebody may go back
KEY = "own_brought"


@dataclass(frozen=True)
class Steps:
    """Images after every step of the preparation, small enough to be shown."""

    titles: tuple[str, ...]
    pictures: tuple[tuple[np.ndarray | None, ...], ...]  # by step, then by image; None where one cannot be read
    unreadable: tuple[str, ...]


@dataclass(eq=False)
class Brought:
    """A source of images that is open for a session."""

    path: Path
    title: str
    uploads: Uploads | None
    files: Files
    options: Options
    collection: Collection
    suggested: Preparation
    reasons: tuple[str, ...]
    looks: dict[Preparation, "Look"] = field(default_factory=dict)
    steps: dict[Preparation, Steps] = field(default_factory=dict)

    def close(self) -> None:
        """Give back what is open; the files stay as long as an import needs them."""
        self.files.close()


def current() -> Brought | None:
    """Return what this session has brought."""
    found = st.session_state.get(KEY)
    return found if isinstance(found, Brought) else None


def bring(path: Path, title: str, uploads: Uploads | None = None, options: Options | None = None) -> Brought:
    """Open a file or folder in the place of what this session has brought before, and find the images in it.

    Raises:
        ReaderError: when nothing in it can be read as images; what was there before stays.
    """
    # The readers bring libraries that no other page needs.
    from vae.data.preparation.suggest import suggest
    from vae.data.readers.recognise import collect, open_source

    options = options or Options()
    files = open_source(path)
    try:
        collection = collect(files, options)
        suggested, reasons = suggest(collection)
    except BaseException:
        files.close()
        raise
    forget()
    found = Brought(path, title, uploads, files, options, collection, suggested, reasons)
    st.session_state[KEY] = found
    return found


def forget() -> None:
    """Close what this session has brought."""
    found = current()
    if found is not None:
        found.close()
    st.session_state.pop(KEY, None)


def look(brought: Brought, preparation: Preparation) -> "Look":
    """Look at a sample of the images as a preparation makes them.

    Raises:
        ReaderError: when they cannot be read.
    """
    from vae.data.imported.look import look_at_sample

    if preparation not in brought.looks:
        while len(brought.looks) >= KEPT:
            brought.looks.pop(next(iter(brought.looks)))
        brought.looks[preparation] = look_at_sample(brought.collection, preparation, LOOKED_AT)
    return brought.looks[preparation]


def after_steps(brought: Brought, preparation: Preparation) -> Steps:
    """Return 24 images, spread over all, after every step of a preparation, small.

    Raises:
        ReaderError: when none of them can be read.
    """
    if preparation not in brought.steps:
        while len(brought.steps) >= KEPT:
            brought.steps.pop(next(iter(brought.steps)))
        brought.steps[preparation] = _after_steps(brought.collection, preparation)
    return brought.steps[preparation]


def _after_steps(collection: Collection, preparation: Preparation) -> Steps:
    from vae.data.preparation.steps import steps
    from vae.data.preparation.suggest import sample_rows

    rows = sample_rows(collection.count, SHOWN)
    titles: tuple[str, ...] = ()
    columns: list[list[np.ndarray] | None] = []
    unreadable: list[str] = []
    for row, stored in zip(rows, collection.read(rows), strict=True):
        try:
            if isinstance(stored, UnreadableImageError):
                raise stored
            passed = steps(stored, preparation, collection.name_of(row))
        except UnreadableImageError as error:
            columns.append(None)
            unreadable.append(str(error))
            continue
        titles = tuple(title for title, _ in passed)
        # One image is in memory at a time, since they may be large.
        columns.append([thumbnail(image, SIDE) for _, image in passed])
    if not titles:
        raise ReaderError(unreadable[0] if unreadable else "There are no images; choose files that hold some.")
    pictures = tuple(tuple(None if c is None else c[step] for c in columns) for step in range(len(titles)))
    return Steps(titles, pictures, tuple(unreadable))
