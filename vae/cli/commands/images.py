"""The command `images`: list imported images, give them another title, or delete them. Nothing imports torch."""

import argparse
from typing import Any

from vae.cli.parsers import ArgumentError
from vae.cli.streams import printable
from vae.data.imported.about import ImportedSetError
from vae.data.imported.shelf import delete, is_here, list_imported, quota, retitle, used
from vae.folders import imported_folder
from vae.storage.checkpoints import list_checkpoints


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Carry out what the arguments say, and return the imported sets that there are then."""
    if args.yes and args.delete is None:
        raise ArgumentError("--yes goes with --delete.")
    if args.retitle is not None:
        retitle(*args.retitle)
    if args.delete is not None:
        _delete(args.delete, sure=args.yes)
    sound, damaged = list_imported()
    runs = _runs()
    rows = [
        {
            "name": about.name,
            "title": about.title,
            "images": about.count,
            "image_shape": list(about.image_shape),
            "classes": len(about.class_names) if about.labelled else 0,
            "runs": runs.get(about.name, []),
            "created": about.created,
        }
        for about in sound
    ]
    reasons = [each.reason for each in damaged]
    return {"folder": str(imported_folder()), "sets": rows, "damaged": reasons, "bytes": used(), "quota": quota()}


def _runs() -> dict[str, list[str]]:
    """Return the names of the runs by the data set that they were trained on."""
    found: dict[str, list[str]] = {}
    for checkpoint in list_checkpoints()[0]:
        found.setdefault(checkpoint.config.dataset, []).append(checkpoint.name)
    return found


def _delete(name: str, *, sure: bool) -> None:
    if not is_here(name):
        raise ImportedSetError(f"There are no images called {name[:60]!r} on this machine.")
    runs = _runs().get(name, [])
    if not sure:
        many = f"{len(runs)} run{'s' if len(runs) > 1 else ''}"
        needed = f", and {many} cannot be measured or shown without it ({', '.join(runs)})" if runs else ""
        raise ArgumentError(f"Deleting {name} cannot be undone{needed}; add --yes if you are sure.")
    delete(name)


def show(result: dict[str, Any]) -> str:
    """Return a table of the imported sets, damaged ones last, and how much of their quota is taken."""
    taken = f"{result['bytes'] / 1e9:.2f} of {result['quota'] / 1e9:g} GB"
    if not result["sets"] and not result["damaged"]:
        return f"No images are imported yet; python -m vae import PATH imports some. {result['folder']} takes {taken}."
    lines = [f"{'name':<24} {'title':<24} {'images':>9} {'shape':>12} {'classes':>7}  runs"]
    for row in result["sets"]:
        shape = "x".join(map(str, row["image_shape"]))
        lines.append(
            f"{row['name']:<24} {printable(row['title']):<24} {row['images']:>9,} {shape:>12} {row['classes']:>7}  "
            f"{', '.join(row['runs']) or '-'}"
        )
    return "\n".join([*lines, *map(printable, result["damaged"]), f"{result['folder']}: {taken}"])
