"""The values of the command line's arguments, read from words or refused in a sentence."""

import argparse
from collections.abc import Callable
from typing import Any

from vae.data.imported.about import NAME, ImportedSetError, set_path
from vae.data.names import BUILT_IN
from vae.training.config import RANGES

LARGEST = 10**18  # far more than any number of a run


def list_of(kind: Callable[[str], Any], example: str) -> Callable[[str], tuple[Any, ...]]:
    """Return a function that parses values separated by commas, such as `example`, into a tuple."""

    def parse(text: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(part) for part in text.split(","))
        except (ValueError, argparse.ArgumentTypeError):
            raise argparse.ArgumentTypeError(f"{text[:80]!r} is not like {example}") from None

    return parse


def whole(text: str) -> int:
    """Read a whole number of a size that can be compared with other numbers, which floats cannot with any."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is not a whole number") from None
    if abs(number) > LARGEST:
        raise argparse.ArgumentTypeError(f"{text[:20]}... is too large")
    return number


def between(low: int, high: int) -> Callable[[str], int]:
    """Return a function that reads a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        number = whole(text)
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"it must be {low:,} to {high:,}, not {number:,}")
        return number

    return parse


def dataset(text: str) -> str:
    """Read the name of a data set that comes with the project, or one that imported images may have."""
    if not NAME.fullmatch(text):
        known = ", ".join(BUILT_IN)
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is neither one of {known} nor a name of imported images")
    return text


def new_name(text: str) -> str:
    """Read a name that imported images can be given."""
    try:
        set_path(text)
    except ImportedSetError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def size(text: str) -> tuple[int, int]:
    """Read a side, or height x width."""
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) > 2:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not like 28 or 28x32")
    height, width = _side(sides[0]), _side(sides[-1])
    return height, width


_side = between(8, 128)
seed = between(0, int(RANGES["seed"][1]))
