"""The command `change`: rename, copy or delete a run, or write a note on it. Nothing here imports torch or pandas."""

import argparse
from typing import Any

from vae.cli.parsers import ArgumentError
from vae.storage.archive import copy
from vae.storage.bin import discard, rename
from vae.storage.names import existing_path
from vae.storage.notes import read_note, write_note
from vae.storage.shipped import refuse_shipped


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Carry out what the arguments say, and return the run's name, what was done, and its note."""
    if args.yes and not args.delete:
        raise ArgumentError("--yes goes with --delete.")
    if args.delete:
        _delete(args.name, sure=args.yes)
        return {"name": args.name, "done": "deleted"}
    if args.note is not None:
        write_note(args.name, args.note)
        return _changed(args.name, "noted")
    if args.copy is not None:
        copy(args.name, args.copy)
        return _changed(args.copy, "copied") | {"of": args.name}
    rename(args.name, args.rename)
    return _changed(args.rename, "renamed") | {"of": args.name}


def _changed(name: str, done: str) -> dict[str, Any]:
    path = existing_path(name)
    return {"name": name, "done": done, "path": str(path), "note": read_note(path) or ""}


def _delete(name: str, *, sure: bool) -> None:
    refuse_shipped(existing_path(name), "deleted")  # of which nobody need be sure first
    if not sure:
        raise ArgumentError(f"Deleting {name} cannot be undone; add --yes if you are sure.")
    discard(name)  # into a bin that goes when this process ends


def show(result: dict[str, Any]) -> str:
    """Return a line on what was done."""
    name = result["name"]
    return {
        "deleted": f"{name} is deleted.",
        "noted": f"The note on {name} is: {result.get('note')}" if result.get("note") else f"{name} has no note now.",
        "copied": f"{name} is a copy of {result.get('of')}.",
        "renamed": f"{result.get('of')} is called {name} now.",
    }[result["done"]]
