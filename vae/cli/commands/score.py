"""The command `score`: tell which images are unusual for a trained model, at a chosen rate of false alarms."""

import argparse
import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from vae.cli.incoming import BATCH, Images, incoming, lines
from vae.cli.model_at import model_at
from vae.cli.stops import telling
from vae.cli.streams import printable
from vae.data.datasets import load_dataset
from vae.data.preparation.prepared import Batch
from vae.explore.conformal import alarm_at, p_values
from vae.explore.unusual import SCORES, scores, usual_score
from vae.export.place import check_file
from vae.export.tables import format_of, new_table
from vae.models.autoencoders import Autoencoder
from vae.storage.checkpoints import load
from vae.storage.models import check_data
from vae.training.config import TrainConfig

LISTED = 20  # images with the lowest p-values that are told


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Score the images at a path, and return the threshold, how many images are above it, and the most unusual ones."""
    out = None if args.out is None else Path(args.out)
    kind = "" if out is None else format_of(out)
    if out is not None:
        check_file(out, overwrite=args.overwrite)
    checkpoint = load(args.name)
    model, dataset = model_at(checkpoint, args.beta), load_dataset(checkpoint.config.dataset)
    check_data(checkpoint, dataset)
    score = usual_score(model)
    count = unusual = 0
    worst: list[tuple[float, int, str, float]] = []
    with telling(lambda: f"nothing is written{f' to {out}' if out else ''}."), ExitStack() as open_files:
        held_out = scores(model, dataset.test_images, checkpoint.config, score)
        alarm = alarm_at(held_out, args.alarm)
        images = open_files.enter_context(incoming(args, checkpoint))
        write = out and open_files.enter_context(new_table(out, kind, overwrite=args.overwrite))
        for batch, found in _scored(model, images, checkpoint.config, score):
            chances = p_values(held_out, found)
            above = found > alarm.threshold
            if write:
                write(images.columns(batch) | {"score": found, "p_value": chances, "unusual": above.astype(np.int64)})
            rows = zip(found.tolist(), (-batch.rows).tolist(), batch.names, chances.tolist(), strict=True)
            worst = heapq.nlargest(LISTED, [*worst, *rows])
            count, unusual = count + len(found), unusual + int(above.sum())
    listed = [{"image": name, "score": value, "p_value": chance} for value, _, name, chance in worst]
    return {
        "name": args.name,
        "path": None if out is None else str(out),
        "score": score,
        "images": count,
        "unusual": unusual,
        "alarm": asdict(alarm),
        "worst": listed,
    } | images.told()


def _scored(model: Autoencoder, images: Images, config: TrainConfig, score: str) -> Iterator[tuple[Batch, np.ndarray]]:
    """Yield batches of images with their scores; each has draws of its own, other than those of the held-out images."""
    for number, batch in enumerate(images.batches(BATCH), start=1):
        yield batch, scores(model, batch.images, config, score, seed=number)


def show(result: dict[str, Any]) -> str:
    """Return lines on the threshold, how many images are above it, and the most unusual ones."""
    alarm, score = result["alarm"], SCORES[result["score"]]
    told = [
        f"{result['unusual']:,} of {result['images']:,} images are unusual for {result['name']}: their {score.label} "
        f"is above {alarm['threshold']:.2f} {score.unit}.",
        f"Of images like its {alarm['held_out']:,} test images a share of {alarm['rate']:g} is called unusual on "
        f"average, and with these test images, with 95 % probability, {alarm['low']:.4f} to {alarm['high']:.4f}.",
        f"{'p-value':>8} {score.label:>20}  image",
        *(f"{row['p_value']:>8.4f} {row['score']:>20.2f}  {printable(row['image'])}" for row in result["worst"]),
        *lines(result),
    ]
    return "\n".join(told + ([f"{result['path']}: all scores and p-values"] if result["path"] else []))
