"""Small data sets of images that are learnt in a few steps."""

import numpy as np
import torch

from vae.data.dataset import Dataset


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
