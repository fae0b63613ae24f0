"""The parsers of the command line: the one of all commands, and one for each."""

import argparse
from typing import Any, NoReturn, Protocol

from vae.cli.streams import deliver, say
from vae.errors import VaeError


class ArgumentError(VaeError, ValueError):
    """Arguments that do not go together; the message says which."""


class Parser(argparse.ArgumentParser):
    """A parser that answers bad arguments with one line instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong in one line and exit with status 2."""
        say(f"{self.prog}: {message} (try --help)")
        self.exit(2)

    def print_help(self, file: Any = None) -> None:
        """Write the help as results are written, to any terminal or pipe."""
        deliver(self.format_help().rstrip("\n"))


class Group(Protocol):
    """A parser, or a group of its arguments."""

    def add_argument(self, *names: str, **settings: Any) -> Any: ...


def command(commands: Any, name: str, about: str, epilog: str = "") -> argparse.ArgumentParser:
    """Add the parser of a command, with a sentence on it for both helps, and examples at the end of its own."""
    # Only this formatter keeps the line breaks of the examples; without examples the description is to be wrapped.
    formatter = argparse.RawDescriptionHelpFormatter if epilog else argparse.HelpFormatter
    return commands.add_parser(name, help=about, description=about, epilog=epilog, formatter_class=formatter)
