"""The command `encode`: encode images of one's own with a trained model."""

import argparse
from pathlib import Path
from typing import Any

from vae.cli.incoming import BATCH, checked_images, incoming, lines
from vae.cli.model_at import model_at
from vae.cli.stops import telling
from vae.export.codes import coded
from vae.export.place import check_file
from vae.export.tables import format_of, new_table
from vae.storage.checkpoints import load


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Write the codes of the images at a path to a new table; return where it is and how many images it has."""
    out = Path(args.out)
    kind = format_of(out)
    check_file(out, overwrite=args.overwrite)
    checkpoint = load(args.name)
    checked_images(checkpoint)
    model = model_at(checkpoint, args.beta)
    with telling(lambda: f"nothing is written to {out}."), incoming(args, checkpoint) as images:
        count = 0
        with new_table(out, kind, overwrite=args.overwrite) as write:
            for batch in images.batches(BATCH):
                write(images.columns(batch) | coded(model, batch.images))
                count += len(batch.rows)
    return {"name": args.name, "path": str(out), "images": count} | images.told()


def show(result: dict[str, Any]) -> str:
    """Return lines on how the images were read and where their codes are."""
    return "\n".join([f"{result['path']}: the codes of {result['images']:,} images", *lines(result)])
