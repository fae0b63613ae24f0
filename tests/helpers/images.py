"""Small data sets of images that are learnt in a few steps."""

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.data.imported.about import About, set_path, write_about
from vae.data.preparation.settings import Preparation


def blobs(
    shape: tuple[int, int, int] = (1, 8, 8),
    train: int = 320,
    test: int = 120,
    classes: int = 3,
    *,
    name: str = "mnist",
    labelled: bool = True,
) -> Dataset:
    """Images of bright squares whose corner says their class: learnt in a few steps, with class structure."""
    random = np.random.default_rng(0)
    labels = random.integers(0, classes, train + test)
    images = random.integers(0, 40, (train + test, *shape))
    side = shape[1] // 2
    for image, label in zip(images, labels, strict=True):
        y, x = (label // 2) * side // 2, (label % 2) * side
        image[:, y : y + side, x : x + side] += 200
    return Dataset(
        name=name,
        images=torch.from_numpy(images.clip(0, 255).astype(np.uint8)),
        labels=torch.from_numpy(labels),
        train_size=train,
        class_names=tuple(str(label) if labelled else f"cluster {label + 1}" for label in range(classes)),
        fingerprint="f" * 64,
        labelled=labelled,
    )


def shelved(dataset: Dataset) -> Dataset:
    """Return a data set after a note of it was put where imported sets are, as if it were one."""
    about = About(
        name=dataset.name,
        title=dataset.name,
        layout="Images of a test.",
        image_shape=dataset.image_shape,
        train_size=dataset.train_size,
        validation_size=dataset.validation_size,
        test_size=len(dataset.test_images),
        class_names=dataset.class_names,
        labelled=dataset.labelled,
        fingerprint=dataset.fingerprint,
        preparation=Preparation(),
        split=None,
        remarks=(),
        created="2026-01-01T00:00:00+00:00",
    )
    set_path(dataset.name).mkdir(parents=True)
    write_about(set_path(dataset.name), about)
    return dataset
