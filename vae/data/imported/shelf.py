"""The imported sets of this machine: list them, give one another title, delete one, and how much they may hold."""

import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from vae.data.imported.about import (
    NAME,
    About,
    ImportedSetError,
    read_about,
    set_path,
    write_about,
)
from vae.data.names import TITLES
from vae.folders import imported_folder

QUOTA = 10.0  # GB that all imported sets may take together where VAE_IMPORTED_GB says nothing
MNIST_SHAPE, MNIST_TRAIN_SIZE = (1, 28, 28), 60_000  # which all data sets of the project have
LONGEST_TITLE = 60  # characters


class DamagedSet(NamedTuple):
    """An imported set that cannot be used: its name, by which it can be deleted, and a sentence that says why."""

    name: str
    reason: str


def list_imported() -> tuple[list[About], list[DamagedSet]]:
    """Return all sound imported sets, sorted by title, and all damaged ones with the reasons.

    Raises:
        ImportedSetError: when the folder of the imported sets cannot be read.
    """
    sound, damaged = [], []
    for name in _names():
        try:
            sound.append(read_about(name))
        except ImportedSetError as error:
            damaged.append(DamagedSet(name, str(error)))
    return sorted(sound, key=lambda about: about.title.lower()), damaged


def title(name: str) -> str:
    """Return the title of a data set, of the project or imported; the name itself where nothing is known of it."""
    if name in TITLES:
        return TITLES[name]
    try:
        return read_about(name).title
    except ImportedSetError:
        return name


def image_shape(name: str) -> tuple[int, int, int]:
    """Return the shape (C, H, W) of a data set's images without loading them; MNIST's where nothing is known of it."""
    if name not in TITLES:
        with suppress(ImportedSetError):
            return read_about(name).image_shape
    return MNIST_SHAPE


def train_size(name: str) -> int:
    """Return how many training images a data set has without loading it; MNIST's where nothing is known of it."""
    if name not in TITLES:
        with suppress(ImportedSetError):
            return read_about(name).train_size
    return MNIST_TRAIN_SIZE


def is_here(name: str) -> bool:
    """Tell whether an imported set of this name is on this machine, sound or damaged."""
    return name in _names()


def retitle(name: str, title: str) -> None:
    """Give an imported set another title; its name, which stands in the runs trained on it, stays.

    Raises:
        ImportedSetError: for a title that is empty, too long or not printable, a set that is not there, or a folder
            that cannot be written.
    """
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
        raise ImportedSetError(f"A title has 1 to {LONGEST_TITLE} printable characters.")
    about = read_about(name)
    try:
        write_about(set_path(name), replace(about, title=title))
    except OSError as error:
        raise ImportedSetError(f"The title could not be written: {error.strerror}.") from error


def delete(name: str) -> None:
    """Delete an imported set, sound or damaged; runs that were trained on it stay.

    Raises:
        ImportedSetError: when there is none of that name, or it cannot be deleted.
    """
    path = set_path(name)
    gone = path.with_name(f".{name}-{os.getpid()}")
    try:
        path.rename(gone)  # at once, so that nobody reads half of it
        shutil.rmtree(gone, ignore_errors=True)  # what is left is cleared up by the next import
    except FileNotFoundError as error:
        raise ImportedSetError(f"There are no images called {name!r} on this machine.") from error
    except OSError as error:
        raise ImportedSetError(f"{name!r} could not be deleted: {error.strerror}.") from error


def quota() -> int:
    """Return how many bytes all imported sets may take together: VAE_IMPORTED_GB, or `QUOTA`.

    Raises:
        ImportedSetError: when VAE_IMPORTED_GB is no number above 0.
    """
    text = os.environ.get("VAE_IMPORTED_GB") or str(QUOTA)
    try:
        gigabytes = float(text)
    except ValueError:
        gigabytes = 0.0
    if not 0 < gigabytes < float("inf"):
        raise ImportedSetError(f"VAE_IMPORTED_GB is {text[:20]!r}; give the gigabytes as a number above 0, such as 10.")
    return int(gigabytes * 1e9)


def used() -> int:
    """Return how many bytes the imported sets take, half-made ones among them."""
    return sum(_size(path) for path in imported_folder().rglob("*"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # deleted at this moment
        return 0


def _names() -> list[str]:
    try:
        return sorted(path.name for path in imported_folder().iterdir() if path.is_dir() and NAME.fullmatch(path.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ImportedSetError(f"The folder of the imported sets cannot be read: {error.strerror}.") from error
