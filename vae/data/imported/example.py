"""The example of one's own images that comes with the project, imported as soon as it is wanted."""

import shutil
import threading
from contextlib import suppress

from vae.data.imported.about import JUDGE, ImportedSetError, set_path
from vae.data.imported.importing import import_images
from vae.data.imported.shelf import is_here
from vae.data.preparation.settings import Split
from vae.data.preparation.suggest import suggest
from vae.folders import ROOT

NAME, TITLE = "clothes", "Clothes"
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
                import_images(collection, suggest(collection)[0], Split(), NAME, TITLE)
            except ImportedSetError:
                if not is_here(NAME):  # else another process was faster
                    raise
        give_judge(NAME)


def give_judge(name: str) -> None:
    """Put the shipped judge beside images that were imported from the example; whoever reads it checks that it fits."""
    if SHIPPED_JUDGE.exists():
        with suppress(OSError):  # then there is none, and pages say so
            shutil.copyfile(SHIPPED_JUDGE, set_path(name) / JUDGE)
