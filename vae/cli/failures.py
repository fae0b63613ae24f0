"""The last words of a command that fails or is stopped, and its exit status."""

import sys

from vae.cli.stops import exit_status
from vae.cli.streams import ReaderGoneError, say
from vae.errors import VaeError
from vae.storage.names import CheckpointNameError

FAILED, BAD_ARGUMENTS, READER_GONE = 1, 2, 141  # the last is that of a program that SIGPIPE ends


def tell(command: str, error: BaseException) -> int:
    """Say in one line why a command, `python -m vae …`, has ended, and return its exit status.

    `python -X dev` shows where an error of the program itself comes from.
    """
    if isinstance(error, ReaderGoneError):
        return READER_GONE
    if isinstance(error, KeyboardInterrupt):
        left = " ".join(getattr(error, "__notes__", []))
        say(f"{command}: Stopped; {left}" if left else f"{command}: Stopped.")
        return exit_status(error)
    if sys.flags.dev_mode and not isinstance(error, VaeError):
        raise error
    say(f"{command}: {_words(error)}")
    return BAD_ARGUMENTS if isinstance(error, ValueError | CheckpointNameError) else FAILED


def _words(error: BaseException) -> str:
    first = next(iter(str(error).strip().split("\n")), "")
    if isinstance(error, VaeError | ValueError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be used: {error.strerror or first}."
    if isinstance(error, MemoryError) or "out of memory" in first:
        return "There is not enough memory; choose smaller hidden sizes, or free some."
    return f"An error of the program itself: {type(error).__name__}: {first} (python -X dev shows where)."
