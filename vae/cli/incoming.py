"""Images at a path, for a command that uses a trained model: read as an import reads them, prepared as its own were."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from vae.cli.bar import ProgressBar
from vae.cli.streams import printable
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.imported.columns import FILE
from vae.data.names import BUILT_IN
from vae.data.preparation.prepared import Batch, Prepared, light_ground, preparation_like
from vae.data.readers.recognise import collect, open_source
from vae.storage.checkpoints import Checkpoint
from vae.storage.models import check_data

BATCH = 1_000  # images that are prepared at once
NAMED = 3  # unreadable images that are named


class Images:
    """The images at a path in batches, and what is to be said of them."""

    def __init__(self, images: Prepared, dataset: str, bar: ProgressBar) -> None:
        self.images, self.dataset, self.bar, self.ground = images, dataset, bar, ""

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield the images `size` at a time, and draw how far it has come."""
        for batch in self.images.batches(size):
            self.ground = self.ground or light_ground(self.dataset, batch.images)
            yield batch
            self.bar.step((int(batch.rows[-1]) + 1) / self.images.collection.count)

    def columns(self, batch: Batch) -> dict[str, np.ndarray]:
        """Return the columns of a table that say which images a batch has, and their classes where files give any."""
        columns = {"index": batch.rows}
        collection = self.images.collection
        if collection.named:
            columns[FILE] = np.array(batch.names)
        if collection.labels is not None:
            columns["label"] = np.array(collection.class_names)[collection.labels[batch.rows]]
        return columns

    def told(self) -> dict[str, Any]:
        """Return how the images were read and prepared, and what was wrong with some, as part of a result."""
        unreadable = self.images.unreadable
        return {
            "layout": self.images.collection.layout,
            "preparation": asdict(self.images.preparation),
            "unreadable": len(unreadable),
            "remarks": [
                *self.images.collection.remarks,
                *([self.ground] if self.ground else []),
                *unreadable[:NAMED],
            ],
        }


@contextmanager
def incoming(args: argparse.Namespace, checkpoint: Checkpoint) -> Iterator[Images]:
    """Give the images at a path, prepared for a run's model, while a progress bar is drawn.

    Raises:
        ReaderError: when the files cannot be read, in the block too.
        ImportedSetError: when the set that the model was trained on is not here.
    """
    with open_source(Path(args.path)) as files, ProgressBar(args.name) as bar:
        collection = collect(files)
        dataset = checkpoint.config.dataset
        preparation = preparation_like(dataset, checkpoint.image_shape, collection)
        preparation = replace(preparation, invert=preparation.invert != args.invert)
        yield Images(Prepared(collection, preparation), dataset, bar)


def checked_images(checkpoint: Checkpoint) -> Dataset | None:
    """Load the imported set that a run was trained on, whose settings other images are prepared by; None for others.

    Raises:
        DatasetError: when it is not here.
        CheckpointError: when there are other images under its name by now.
    """
    if checkpoint.config.dataset in BUILT_IN:
        return None
    dataset = load_dataset(checkpoint.config.dataset)
    check_data(checkpoint, dataset)
    return dataset


def lines(result: dict[str, Any]) -> list[str]:
    """Return lines of text on how the images were read and prepared, and what was wrong with some."""
    preparation = result["preparation"]
    told = [printable(result["layout"])]
    told.append(
        f"They are made {preparation['height']} x {preparation['width']} pixels, "
        f"{'in colour' if preparation['colour'] else 'grey'}{', and inverted' if preparation['invert'] else ''}."
    )
    if result["unreadable"]:
        told.append(f"{result['unreadable']:,} images could not be read and are left out.")
    return [*told, *map(printable, result["remarks"])]
