"""note.txt: a line about a run in its owner's words. It stays when the run is renamed, copied, packed or measured."""

from pathlib import Path

from vae.storage.claims import refuse_claimed
from vae.storage.files import link_file, new_folder
from vae.storage.header import stored
from vae.storage.names import CheckpointError, existing_path
from vae.storage.workspace import locked

NOTE = "note.txt"
LONGEST = 200  # characters


def read_note(folder: Path) -> str | None:
    """Return the note in a run's folder, "" if there is none, or None if its file holds anything but a note."""
    try:
        with (folder / NOTE).open("rb") as file:
            text = file.read(4 * LONGEST + 2).decode("utf-8-sig").strip()  # no character takes more than four bytes
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        return None
    return text if _is_note(text) else None


def write_note(name: str, text: str) -> None:
    """Write a note on a run, in the place of the one that is there; an empty text takes that away.

    The whole folder is exchanged, as when the run is measured: no reader finds half of a note.

    Raises:
        CheckpointError: for a text that is no single line or is too long, when there is no run of that name or it is
            being trained, or when the folder cannot be written.
    """
    text = text.strip()
    if not _is_note(text):
        raise CheckpointError(f"A note is one line of at most {LONGEST} printable characters.")
    with locked():
        path = existing_path(name)
        refuse_claimed(name, "annotate")
        with new_folder(path, replacing=stored(path)) as folder:
            for file in path.iterdir():
                if file.is_file() and file.name != NOTE:
                    link_file(file, folder / file.name)
            if text:
                (folder / NOTE).write_text(text + "\n", "utf-8")


def _is_note(text: str) -> bool:
    return len(text) <= LONGEST and text.isprintable()
