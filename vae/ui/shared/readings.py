"""The classes that the judge of a data set reads in decoded images, as text."""

from collections.abc import Sequence

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.models.judge import read
from vae.ui.shared import server
from vae.ui.shared.words import NEEDS_LABELS


def read_images(dataset: Dataset, images: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Read images uint8 (N, C, H, W): return `judge.read` of them, or None if the data set has no judge."""
    found = server.judge(dataset.name)
    return None if found is None else read(found[0], torch.from_numpy(images))


def words(dataset: Dataset, images: np.ndarray) -> list[str]:
    """Return the class read in each image and its probability as text; empty texts if the data set has no judge."""
    found = read_images(dataset, images)
    if found is None:
        return [""] * len(images)
    return [reading_text(dataset.class_names, *one) for one in zip(*found, strict=True)]


def reading_text(class_names: Sequence[str], read: int | None, probability: float | None) -> str:
    """Return a class and its probability as text; an empty text if nothing was read."""
    if read is None or probability is None:
        return ""
    # 100 % would be a certainty that no softmax has.
    return f"{class_names[read]} · {min(100 * probability, 99.9):.3g} %"


def missing(dataset: Dataset) -> str:
    """Say that a data set has no judge, why not, and how to get one."""
    if not dataset.labelled:
        return f"No judge reads these images, because a judge {NEEDS_LABELS}."
    if (why := server.refused(dataset.name)) is not None:
        return f"No judge reads these images. {why}"
    return (
        "There is no judge for these images yet, so no class is read in them. "
        f"`python -m vae judge --dataset {dataset.name}` trains one."
    )


def about(dataset: Dataset) -> str:
    """Say who reads the images and how often that is right, or how to train a judge."""
    found = server.judge(dataset.name)
    if found is None:
        return missing(dataset)
    return (
        f"The judge reads a class in each image and gives it a probability. It is right on {found[1]:.1%} of real test "
        "images, but it is often sure of images that look like nothing it was trained on."
    )
