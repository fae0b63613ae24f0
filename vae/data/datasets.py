"""Image data sets, each held as one uint8 tensor in memory."""

import contextlib
import hashlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae.data import idx
from vae.data.names import DATASETS, TITLES
from vae.errors import VaeError
from vae.folders import ROOT

MNIST_PATH = ROOT / "data" / "mnist.npz"
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
DOWNLOADS = ROOT / "data" / "downloads"

_FOLDERS = {"fashion-mnist": "FashionMNIST", "kmnist": "KMNIST", "emnist-letters": "EMNIST"}  # in `DOWNLOADS`

_CLASS_NAMES = {
    "mnist": tuple("0123456789"),
    "fashion-mnist": (
        *("T-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    "emnist-letters": tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
}


class DatasetError(VaeError):
    """A data set that cannot be loaded or trained with; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training images followed by test images, with their labels; images without classes share the label 0.

    Raises:
        DatasetError: for images or labels of another type or shape, labels without a class, or a part without images.
    """

    name: str
    images: Tensor  # uint8 (N, C, H, W)
    labels: Tensor  # int64 (N,)
    train_size: int
    class_names: tuple[str, ...]
    fingerprint: str  # SHA-256 of the file of MNIST, and of the images and labels of the others

    def __post_init__(self) -> None:
        if (problem := _image_problem(self.images) or _label_problem(self)) is not None:
            raise DatasetError(problem)

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
    if not 1 <= dataset.train_size < count:
        return (
            f"The number of training images must be 1 to {count - 1}, not {dataset.train_size}: of {count} images at "
            "least one is to train on and one to test."
        )
    return None


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


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
    return any((DOWNLOADS / _FOLDERS[name] / "raw").glob("*-ubyte"))


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

    _check_files(name, folder)
    try:
        # torchvision reports its download on standard output, which belongs to the caller's results.
        with contextlib.redirect_stdout(sys.stderr):
            (train_images, train_labels), (test_images, test_labels) = parts(True), parts(False)
    except Exception as error:  # torchvision names none: its parser asserts, and a download fails in many ways
        _check_files(name, folder)
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
    try:
        return Dataset(name, images, labels, len(train_labels), _CLASS_NAMES[name], digest.hexdigest())
    except DatasetError as error:
        raise DatasetError(
            f"The files in {folder / _FOLDERS[name] / 'raw'} are not those of {TITLES[name]}; delete them, and it is "
            "downloaded again."
        ) from error


def _check_files(name: str, folder: Path) -> None:
    """Raise DatasetError, naming the file, if one of those that are on this machine is damaged."""
    for images, labels in _file_pairs(name, folder):
        present = [(path, shape) for path, shape in ((images, (28, 28)), (labels, ())) if path.exists()]
        for path, shape in present:
            if (reason := idx.damage(path, shape)) is not None:
                raise DatasetError(f"{path} is damaged ({reason}); delete it, and it is downloaded again.")
        if len(present) == 2 and idx.count(images) != idx.count(labels):
            raise DatasetError(
                f"{images} and {labels.name} do not fit together ({idx.count(images):,} images, "
                f"{idx.count(labels):,} labels); delete both, and they are downloaded again."
            )


def _file_pairs(name: str, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the paths of the images and labels of both parts of a data set that comes through torchvision."""
    raw = folder / _FOLDERS[name] / "raw"
    parts = ("emnist-letters-train", "emnist-letters-test") if name == "emnist-letters" else ("train", "t10k")
    for part in parts:
        yield raw / f"{part}-images-idx3-ubyte", raw / f"{part}-labels-idx1-ubyte"
