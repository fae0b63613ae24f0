"""The command `shrink`: store a checkpoint's weights in half precision."""

import argparse
from typing import Any

from vae.cli.stops import telling
from vae.storage.checkpoints import load
from vae.storage.header import WEIGHTS
from vae.storage.recording import shrink


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Store a checkpoint's weights in half precision and return their size."""
    with telling(lambda: f"{args.name} is kept whole, either as it was or in half precision."):
        shrink(args.name, replace_shipped=args.replace_shipped)
    weights = load(args.name).path / WEIGHTS
    return {"name": args.name, "bytes": weights.stat().st_size}


def show(result: dict[str, Any]) -> str:
    """Return a line with the size of a checkpoint's weights."""
    return (
        f"{result['name']}: the weights take {result['bytes'] / 1e6:.1f} MB now, and the run has to be measured again."
    )
