"""Load data sets by their names: MNIST, those that come through torchvision, and imported ones."""

import contextlib
import hashlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae.data import idx
from vae.data.dataset import Dataset, DatasetError
from vae.data.imported import example
from vae.data.imported.about import NAME
from vae.data.imported.loading import load_imported
from vae.data.imported.shelf import is_here
from vae.data.names import BUILT_IN, TITLES
from vae.errors import VaeError
from vae.folders import ROOT, not_here

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


def load_dataset(name: str = "mnist") -> Dataset:
    """Load a data set by its name, one of `BUILT_IN` or that of an imported set.

    MNIST is read from the project's own file; the others come through torchvision, which downloads them once. Imported
    images stay in their file until they are looked at.

    Raises:
        DatasetError: for an unknown name, a missing or damaged file, or a download that failed.
    """
    if name == "mnist":
        return _load_mnist(MNIST_PATH)
    if not NAME.fullmatch(name):
        raise DatasetError(f"There is no data set called {name[:60]!r}; choose one of {', '.join(BUILT_IN)}.")
    if name not in BUILT_IN:
        if name == example.NAME and not is_here(name):
            _bring_example()
        return load_imported(name)
    return _load_torchvision(name, DOWNLOADS)


def _bring_example() -> None:
    try:
        example.bring_example()
    except VaeError as error:
        raise DatasetError(f"The example cannot be imported: {error}") from error


def downloaded(name: str) -> bool:
    """Tell whether a data set is on this machine, so that loading it needs no network."""
    if name == "mnist":
        return True
    if name not in BUILT_IN:
        return is_here(name) or (name == example.NAME and example.ARCHIVE.exists())
    return any((DOWNLOADS / _FOLDERS[name] / "raw").glob("*-ubyte"))


def _load_mnist(path: Path) -> Dataset:
    try:
        content = path.read_bytes()
    except OSError as error:
        remedy = not_here() or "; get it back with `git checkout data/mnist.npz`"
        raise DatasetError(f"{path} cannot be read ({error.strerror}){remedy}.") from error
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
