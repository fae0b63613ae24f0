"""A data set: images as one uint8 tensor, in memory or mapped from a file, with labels and what is known of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from vae.errors import VaeError

LEAST = 2  # images that a part has: a number over fewer has no interval
PARTS = ("train", "validation", "test")  # in the order of the images


class DatasetError(VaeError):
    """A data set that cannot be loaded or trained with; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training images, then validation images, if any, then test images, with their labels.

    Images of an unlabelled set have the number of their cluster as label, or all share the label 0.

    Raises:
        DatasetError: for images or labels of another type or shape, labels without a class, or a part without images.
    """

    name: str
    images: Tensor  # uint8 (N, C, H, W)
    labels: Tensor  # int64 (N,)
    train_size: int
    class_names: tuple[str, ...]
    fingerprint: str  # SHA-256 of the file of MNIST, and of the images and labels of the others
    validation_size: int = 0
    labelled: bool = True  # whether the labels are classes that somebody gave, rather than clusters
    # What else is known of each image: numbers, float64 (N,), NaN where unknown, or texts (N,).
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (problem := _image_problem(self.images) or _label_problem(self)) is not None:
            raise DatasetError(problem)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    @property
    def word(self) -> str:
        """The word for what a label says: a `class` that somebody gave, or a `cluster` that was found."""
        return "class" if self.labelled else "cluster"

    @property
    def train_images(self) -> Tensor:
        return self.images[: self.train_size]

    @property
    def train_labels(self) -> Tensor:
        return self.labels[: self.train_size]

    @property
    def test_images(self) -> Tensor:
        return self.images[self.rows("test")]

    @property
    def test_labels(self) -> Tensor:
        return self.labels[self.rows("test")]

    def rows(self, part: str) -> slice:
        """Return where a part, one of `PARTS`, lies among all images."""
        tested = self.train_size + self.validation_size
        return {
            "train": slice(0, self.train_size),
            "validation": slice(self.train_size, tested),
            "test": slice(tested, len(self.images)),
        }[part]

    def part(self, name: str) -> tuple[Tensor, Tensor]:
        """Return the images and labels of a part, one of `PARTS`."""
        return self.images[self.rows(name)], self.labels[self.rows(name)]


def _image_problem(images: Tensor) -> str | None:
    """Say in one sentence what keeps images from being trained with; None if nothing does."""
    if not isinstance(images, Tensor):
        return f"Images must be a uint8 tensor (N, C, H, W), not {type(images).__name__}; use torch.from_numpy."
    if images.is_floating_point():
        wrong = "remove those that are not numbers" if not images.isfinite().all() else "multiply 0 to 1 by 255"
        return f"Images must be uint8, 0 to 255, not {_dtype(images)}; {wrong}, round them and use images.byte()."
    if images.dtype != torch.uint8:
        reach = f" from {images.min()} to {images.max()}" if images.numel() and not images.is_complex() else ""
        return f"Images must be uint8, 0 to 255, not {_dtype(images)}{reach}; scale them to 0 to 255 first."
    if images.ndim != 4:
        return f"Images must be (N, C, H, W), not {tuple(images.shape)}; grey ones have C = 1."
    if not images.numel():
        return (
            f"There are no images: the tensor is {tuple(images.shape)}; give at least one to train on and one to test."
        )
    return None


def _label_problem(dataset: Dataset) -> str | None:
    """Say in one sentence what is wrong with the labels, the classes or the parts of a data set; None if nothing is."""
    labels, count, classes = dataset.labels, len(dataset.images), len(dataset.class_names)
    if not isinstance(labels, Tensor):
        return f"Labels must be an int64 tensor (N,), not {type(labels).__name__}; use torch.from_numpy."
    if labels.dtype != torch.int64:
        return f"Labels must be int64, not {_dtype(labels)}; use labels.long()."
    if labels.shape != (count,):
        return f"Labels must be one number an image, ({count},), not {tuple(labels.shape)}; reshape or complete them."
    if not classes:
        return "A data set needs the name of at least one class; images without classes share the label 0."
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= classes:
        of = f"the {classes} classes have 0 to {classes - 1}" if classes > 1 else "the only class has 0"
        return f"Labels are {low} to {high}, but {of}; number them from 0 and name every class."
    tested = count - dataset.train_size - dataset.validation_size
    if min(dataset.train_size, tested) < LEAST or dataset.validation_size < 0:
        return (
            f"Of {count} images {dataset.train_size} are to train on, {dataset.validation_size} to validate and "
            f"{tested} to test; at least {LEAST} must be to train on and {LEAST} to test."
        )
    return None


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
