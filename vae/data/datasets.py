"""Image data sets, each held as one uint8 tensor in memory."""

import contextlib
import hashlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae.folders import ROOT

MNIST_PATH = ROOT / "data" / "mnist.npz"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
DOWNLOADS = ROOT / "data" / "downloads"

TITLES = {
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "emnist-letters": "EMNIST letters",
}
DATASETS = tuple(TITLES)

_CLASS_NAMES = {
    "mnist": tuple("0123456789"),
    "fashion-mnist": (
        *("T-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    "emnist-letters": tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
}


class DatasetError(Exception):
    """A data set that cannot be loaded; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training images followed by test images, with their labels."""

    name: str
    images: Tensor  # uint8 (N, C, H, W)
    labels: Tensor  # int64 (N,)
    train_size: int
    class_names: tuple[str, ...]
    fingerprint: str  # SHA-256 of the file of MNIST, and of the images and labels of the others

    @property
    def image_shape(self) -> tuple[int, int, int]:
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    @property
    def train_images(self) -> Tensor:
        return self.images[: self.train_size]

    @property
    def train_labels(self) -> Tensor:
        return self.labels[: self.train_size]

    @property
    def test_images(self) -> Tensor:
        return self.images[self.train_size :]

    @property
    def test_labels(self) -> Tensor:
        return self.labels[self.train_size :]

    def part(self, name: str) -> tuple[Tensor, Tensor]:
        """Return the images and labels of the part called `train` or `test`."""
        return (self.train_images, self.train_labels) if name == "train" else (self.test_images, self.test_labels)


def load_dataset(name: str = "mnist") -> Dataset:
    """Load a data set by its name, one of `DATASETS`.

    MNIST is read from the project's own file; the others come through torchvision, which downloads them once.

    Raises:
        DatasetError: for an unknown name, a missing or damaged file, or a download that failed.
    """
    if name == "mnist":
        return _load_mnist(MNIST_PATH)
    if name not in DATASETS:
        raise DatasetError(f"There is no data set called {name!r}; choose one of {', '.join(DATASETS)}.")
    return _load_torchvision(name, DOWNLOADS)


def downloaded(name: str) -> bool:
    """Tell whether a data set, one of `DATASETS`, is on this machine, so that loading it needs no network."""
    if name == "mnist":
        return True
    folder = {"fashion-mnist": "FashionMNIST", "kmnist": "KMNIST", "emnist-letters": "EMNIST"}[name]
    return any((DOWNLOADS / folder / "raw").glob("*-ubyte"))


def _load_mnist(path: Path) -> Dataset:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"{path} cannot be read ({error.strerror}); get it back with `git checkout data/mnist.npz`."
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != MNIST_SHA256:
        raise DatasetError(
            f"{path} is damaged (its SHA-256 begins {digest[:8]}, not {MNIST_SHA256[:8]}); "
            "get it back with `git checkout data/mnist.npz`."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        images = np.concatenate([arrays["x_train"], arrays["x_test"]])
        labels = np.concatenate([arrays["y_train"], arrays["y_test"]])
        train_size = len(arrays["y_train"])
    return Dataset(
        name="mnist",
        images=torch.from_numpy(images)[:, None],
        labels=torch.from_numpy(labels.astype(np.int64)),
        train_size=train_size,
        class_names=_CLASS_NAMES["mnist"],
        fingerprint=digest,
    )


def _load_torchvision(name: str, folder: Path) -> Dataset:
    # Importing torchvision takes a second that MNIST's users need not spend.
    from torchvision import datasets

    def parts(train: bool) -> tuple[Tensor, Tensor]:
        kwargs = {"root": str(folder), "train": train, "download": True}
        if name == "fashion-mnist":
            part = datasets.FashionMNIST(**kwargs)
        elif name == "kmnist":
            part = datasets.KMNIST(**kwargs)
        else:
            part = datasets.EMNIST(split="letters", **kwargs)
            # EMNIST's files hold every image transposed and count letters from 1.
            return part.data.transpose(1, 2), part.targets - 1
        return part.data, part.targets

    try:
        # torchvision reports its download on standard output, which belongs to the caller's results.
        with contextlib.redirect_stdout(sys.stderr):
            (train_images, train_labels), (test_images, test_labels) = parts(True), parts(False)
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        reason = str(error).strip().splitlines()
        raise DatasetError(
            f"{TITLES[name]} is not on this machine and could not be downloaded "
            f"({reason[0] if reason else type(error).__name__}); connect to the network once, or use MNIST, "
            "which needs none."
        ) from error
    images = torch.cat([train_images, test_images])[:, None].contiguous()
    labels = torch.cat([train_labels, test_labels]).long()
    digest = hashlib.sha256(images.numpy().data)
    digest.update(labels.numpy().data)
    return Dataset(name, images, labels, len(train_labels), _CLASS_NAMES[name], digest.hexdigest())
