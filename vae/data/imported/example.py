"""The example of one's own images that comes with the project, imported as soon as it is wanted."""

import shutil
import threading
from contextlib import suppress
from pathlib import Path

from vae.data.imported.about import JUDGE, ImportedSetError, set_path
from vae.data.imported.importing import import_images
from vae.data.imported.shelf import is_here
from vae.data.names import EXAMPLE
from vae.data.preparation.settings import Preparation, Split
from vae.data.readers.files import Options
from vae.folders import ROOT

NAME, TITLE = EXAMPLE, "Clothes"
PREPARATION, SPLIT = Preparation(28, 28, fit="stretch"), Split()  # with which the shipped models were trained
ARCHIVE = ROOT / "data" / "examples" / "clothes.zip"
SHIPPED_JUDGE = ROOT / "checkpoints" / f"judge-{NAME}.safetensors"
_IMPORTING = threading.Lock()


def bring_example() -> None:
    """Import the example with the settings that its shipped models were trained with, unless it is there.

    Raises:
        ImportedSetError, ReaderError: when it cannot be read or written.
    """
    from vae.data.readers.recognise import collect, open_source  # no other data set needs the readers

    with _IMPORTING:
        if is_here(NAME):
            return
        with open_source(ARCHIVE) as files:
            collection = collect(files)
            try:
                import_images(collection, PREPARATION, SPLIT, NAME, TITLE)
            except ImportedSetError:
                if not is_here(NAME):  # else another process was faster
                    raise
        give_judge(NAME)


def is_example(path: Path, preparation: Preparation, split: Split, options: Options | None = None) -> bool:
    """Tell whether images at a path, so read, prepared and divided, are those that the shipped models know."""
    try:
        same = path.resolve() == ARCHIVE.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or no path
        return False
    return same and (preparation, split) == (PREPARATION, SPLIT) and options in (None, Options())


def refuse_reserved(name: str) -> None:
    """Check that images other than the example do not take its name.

    Raises:
        ImportedSetError: for that name.
    """
    if name == NAME:
        raise ImportedSetError(
            f"The name {NAME!r} is kept for the example that comes with this project, on which its models were "
            f"trained; choose another, such as own-{NAME}."
        )


def give_judge(name: str) -> None:
    """Put the shipped judge beside images that were imported from the example; whoever reads it checks that it fits."""
    if SHIPPED_JUDGE.exists():
        with suppress(OSError):  # then there is none, and pages say so
            shutil.copyfile(SHIPPED_JUDGE, set_path(name) / JUDGE)
