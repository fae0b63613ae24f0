"""The command `generate`: decode random z into new images."""

import argparse
from pathlib import Path
from typing import Any

from vae.cli.bar import ProgressBar
from vae.cli.model_at import model_at
from vae.cli.stops import telling
from vae.data.datasets import load_dataset
from vae.export.pictures import OURS, drawn_latents, needs_codes, write_pictures
from vae.export.place import check_folder
from vae.storage.checkpoints import load
from vae.storage.models import check_data


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Write new images of a run's model into a new folder; return where they are and what their z were drawn from."""
    out = Path(args.out)
    check_folder(out, OURS, overwrite=args.overwrite)
    checkpoint = load(args.name)
    model = model_at(checkpoint, args.beta)
    dataset = None
    with telling(lambda: f"nothing is written to {out}."), ProgressBar(args.name) as bar:
        if needs_codes(model) and not args.prior:
            dataset = load_dataset(checkpoint.config.dataset)
            check_data(checkpoint, dataset)
        latents = drawn_latents(model, dataset, args.count, args.seed)
        write_pictures(model, latents, out, overwrite=args.overwrite, on_progress=bar.step)
    drawn = "prior" if dataset is None else "mixture"
    return {"name": args.name, "path": str(out), "images": args.count, "seed": args.seed, "drawn_from": drawn}


def show(result: dict[str, Any]) -> str:
    """Return lines on what was written, and where z came from."""
    where = (
        "z is drawn from N(0, I)."
        if result["drawn_from"] == "prior"
        else "An AE has no prior, so z is drawn from a mixture of 10 Gaussians fitted to its codes of training images; "
        "--prior draws from N(0, I) instead."
    )
    return f"{result['path']}: {result['images']:,} images and contact-sheet.png, with seed {result['seed']}\n{where}"
