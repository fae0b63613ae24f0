"""Standard output and error, whatever is behind them: any encoding, any pipe, a full disk or nothing at all."""

import codecs
import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from vae.errors import VaeError

PLAIN = "plain"  # the name of `_plainly` among the error handlers of codecs
# What stands for the characters that our texts have and an encoding may lack.
STAND_INS = {
    "β": "beta",
    "σ": "sigma",
    "ε": "epsilon",
    "×": "x",
    "·": "*",
    "±": "+/-",
    "²": "2",
    "ₖ": "_k",
    "Σ": "sum",
    "−": "-",
    "–": "-",
    "—": "-",
    "‖": "||",
    "…": "...",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "∼": "~",
    "█": "#",
    "░": ".",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "\N{NO-BREAK SPACE}": " ",
}


class OutputError(VaeError):
    """A result that could not be written to standard output."""


class ReaderGoneError(OutputError):
    """A pipe whose reader has seen enough, which is no fault."""


def open_streams() -> None:
    """Put an empty device where standard input, output or error is closed, whose number the next file would get."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)  # the processes that are started here need all three as well
    os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 — it stays open to the end


def take_any_character() -> None:
    """Let standard output and error write stand-ins for the characters that their encoding lacks."""
    codecs.register_error(PLAIN, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(STAND_INS.get(character, "?") for character in lacking), error.end


def say(text: str) -> None:
    """Write a message as one line on standard error; where nobody can read it any more, it is lost and nothing else."""
    show(printable(text.replace("\n", " ")) + "\n")


def show(text: str) -> None:
    """Write text on standard error as `say` does, but as it is."""
    try:
        print(text, end="", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _abandon(sys.stderr)


def deliver(text: str) -> None:
    """Write a result on standard output.

    Raises:
        ReaderGoneError: when the reader of a pipe has gone.
        OutputError: when it cannot be written, as on a full disk.
    """
    try:
        print("\n".join(map(printable, text.split("\n"))), flush=True)
    except BrokenPipeError as error:
        _abandon(sys.stdout)
        raise ReaderGoneError("Nobody reads the output any more.") from error
    except OSError as error:
        _abandon(sys.stdout)
        raise OutputError(f"The output could not be written: {error.strerror}.") from error


def printable(text: str) -> str:
    """Return text without control characters, which names of folders and content of files may have."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _abandon(stream: TextIO) -> None:
    """Lead a stream that cannot be written to nowhere, so that Python does not complain of it when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
