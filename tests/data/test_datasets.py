"""Data sets: the bundled MNIST, damage, and what happens with no network."""

import hashlib
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import event, given
from hypothesis.extra import numpy as arrays

from tests.helpers.fuzzing import fuzzed
from vae.data import datasets
from vae.data.dataset import Dataset, DatasetError
from vae.data.datasets import load_dataset


def test_mnist_is_whole(mnist: Dataset) -> None:
    assert mnist.images.shape == (70_000, 1, 28, 28)
    assert mnist.images.dtype == torch.uint8
    assert len(mnist.train_images) == 60_000
    assert torch.bincount(mnist.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist.image_shape == (1, 28, 28)


def test_a_damaged_mnist_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(datasets.MNIST_PATH.read_bytes())
    content[5_000_000] ^= 1
    path = tmp_path / "mnist.npz"
    path.write_bytes(content)
    monkeypatch.setattr(datasets, "MNIST_PATH", path)
    with pytest.raises(DatasetError, match=r"is damaged \(its SHA-256 begins .*git checkout data/mnist\.npz`\.$"):
        load_dataset("mnist")


def test_a_missing_mnist_says_how_to_get_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "MNIST_PATH", tmp_path / "mnist.npz")
    with pytest.raises(DatasetError, match=r"cannot be read .*git checkout"):
        load_dataset("mnist")


def test_the_digest_is_the_published_one() -> None:
    assert hashlib.sha256(datasets.MNIST_PATH.read_bytes()).hexdigest() == datasets.MNIST_SHA256


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(DatasetError, match="choose one of mnist, fashion-mnist, kmnist, emnist-letters"):
        load_dataset("ImageNet")


def test_a_name_that_images_may_be_imported_under_says_how_to() -> None:
    with pytest.raises(DatasetError, match=r"no images called 'imagenet' .*python -m vae import PATH --name imagenet"):
        load_dataset("imagenet")


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist", "emnist-letters"])
def test_without_a_network_a_download_fails_in_one_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import torchvision.datasets as kinds

    monkeypatch.setattr(datasets, "DOWNLOADS", tmp_path)
    # Nothing listens on port 1 of this machine: refused at once, as with no network.
    for kind in (kinds.FashionMNIST, kinds.KMNIST):
        monkeypatch.setattr(kind, "mirrors", ["http://127.0.0.1:1/"])
    monkeypatch.setattr(kinds.EMNIST, "url", "http://127.0.0.1:1/x.zip")
    with pytest.raises(DatasetError, match="is not on this machine and could not be downloaded") as caught:
        load_dataset(name)
    assert one_sentence(caught.value)
    assert capsys.readouterr().out == ""


def _write_idx(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">i", n) for n in array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def _write_fashion_mnist(folder: Path) -> dict[str, np.ndarray]:
    """Write 30 training and 10 test images in the files that torchvision expects; return them by part."""
    random = np.random.default_rng(0)
    raw = folder / "FashionMNIST" / "raw"
    images = {part: random.integers(0, 256, (n, 28, 28)) for part, n in (("train", 30), ("t10k", 10))}
    for part, array in images.items():
        _write_idx(raw / f"{part}-images-idx3-ubyte", array)
        _write_idx(raw / f"{part}-labels-idx1-ubyte", np.arange(len(array)) % 10)
    return images


def test_fashion_mnist_in_the_cache_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "DOWNLOADS", tmp_path)
    images = _write_fashion_mnist(tmp_path)
    loaded = load_dataset("fashion-mnist")
    assert loaded.train_size == 30
    np.testing.assert_array_equal(loaded.test_images[:, 0].numpy(), images["t10k"])
    assert loaded.class_names[loaded.test_labels[9]] == "ankle boot"


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def _spoil(content: bytes) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        ("train-images-idx3-ubyte", _cut, "it has 23,531 bytes, not 23,536"),
        ("t10k-labels-idx1-ubyte", _cut, "it has 13 bytes, not 18"),
        ("train-labels-idx1-ubyte", _spoil(b""), "it is empty"),
        ("t10k-images-idx3-ubyte", _spoil(b"<html>Not found</html>"), "it is no IDX file"),
        ("t10k-images-idx3-ubyte", _spoil(bytes([0, 0, 8, 3])), "it is no IDX file"),
        ("train-images-idx3-ubyte", lambda path: _write_idx(path, np.zeros((30, 5, 5))), "its images are 5 × 5, not"),
        ("train-labels-idx1-ubyte", lambda path: _write_idx(path, np.zeros(29)), "30 images, 29 labels"),
        ("train-labels-idx1-ubyte", lambda path: (path.unlink(), path.mkdir()), "it cannot be read: Is a directory"),
    ],
)
def test_a_damaged_download_is_named_and_deleting_it_helps(
    name: str, spoil: Callable[[Path], Any], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "DOWNLOADS", tmp_path)
    _write_fashion_mnist(tmp_path)
    spoil(tmp_path / "FashionMNIST" / "raw" / name)
    with pytest.raises(DatasetError, match=re.escape(reason)) as caught:
        load_dataset("fashion-mnist")
    assert name in str(caught.value)
    assert "; delete " in str(caught.value)
    assert one_sentence(caught.value)


def test_labels_of_another_data_set_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "DOWNLOADS", tmp_path)
    _write_fashion_mnist(tmp_path)
    _write_idx(tmp_path / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte", np.full(10, 25))
    with pytest.raises(DatasetError, match="are not those of Fashion-MNIST; delete them"):
        load_dataset("fashion-mnist")


@pytest.mark.fuzz
@fuzzed(few=60, many=500)
@given(
    name=st.sampled_from(["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"]),
    start=st.binary(max_size=24),
    keep=st.integers(0, 40),
)
def test_files_of_any_content_are_loaded_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, name: str, start: bytes, keep: int
) -> None:
    folder = tmp_path_factory.mktemp("downloads")
    _write_fashion_mnist(folder)
    path = folder / "FashionMNIST" / "raw" / name
    content = path.read_bytes()
    path.write_bytes(start + content[len(start) :] if keep > 20 else start + content[:keep])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(datasets, "DOWNLOADS", folder)
        try:
            loaded = load_dataset("fashion-mnist")
        except DatasetError as error:
            assert one_sentence(error)
            event("refused: " + ("named" if name in str(error) else "not named"))
        else:
            assert loaded.image_shape == (1, 28, 28)
            event("accepted")


def test_emnist_letters_stand_upright_and_count_from_a(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "DOWNLOADS", tmp_path)
    from torchvision.datasets import EMNIST

    raw = tmp_path / "EMNIST" / "raw"
    lying = np.zeros((26, 28, 28))
    lying[:, 3, 20] = 255  # EMNIST's files hold images transposed
    for split in EMNIST.splits:
        for part in ("train", "test"):
            _write_idx(raw / f"emnist-{split}-{part}-images-idx3-ubyte", lying)
            _write_idx(raw / f"emnist-{split}-{part}-labels-idx1-ubyte", np.arange(1, 27))
    loaded = load_dataset("emnist-letters")
    assert loaded.images[0, 0, 20, 3] == 255
    assert loaded.class_names[loaded.labels[0]] == "A"
    assert loaded.class_names[loaded.labels[25]] == "Z"


def one_sentence(error: BaseException) -> bool:
    text = str(error)
    return text.endswith(".") and ". " not in text and "\n" not in text


IMAGES = torch.randint(0, 256, (12, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
SOUND = Dataset("own", IMAGES, torch.arange(12) % 3, 8, ("a", "b", "c"), "f" * 64)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"images": IMAGES / 255}, "must be uint8, 0 to 255, not float32; multiply 0 to 1 by 255, round"),
        ({"images": IMAGES / torch.zeros(1)}, "not float32; remove those that are not numbers"),
        ({"images": IMAGES.short() * 16}, "not int16 from 0 to 4080; scale them"),
        ({"images": IMAGES > 99}, "not bool"),
        ({"images": IMAGES[:, 0]}, r"must be \(N, C, H, W\), not \(12, 8, 8\); grey ones have C = 1"),
        ({"images": IMAGES[:0], "labels": SOUND.labels[:0]}, "There are no images"),
        ({"images": IMAGES.numpy()}, "not ndarray; use torch.from_numpy"),
        ({"labels": SOUND.labels[:, None]}, r"one number an image, \(12,\), not \(12, 1\)"),
        ({"labels": SOUND.labels[:5]}, r"\(12,\), not \(5,\)"),
        ({"labels": SOUND.labels.float()}, "Labels must be int64, not float32; use labels.long"),
        ({"labels": SOUND.labels.tolist()}, "not list; use torch.from_numpy"),
        ({"labels": torch.full((12,), -1)}, "Labels are -1 to -1, but the 3 classes have 0 to 2"),
        ({"labels": torch.arange(12) % 4}, "Labels are 0 to 3, but the 3 classes have 0 to 2"),
        ({"labels": torch.ones(12).long(), "class_names": ("all",)}, "but the only class has 0; number them from 0"),
        ({"class_names": ()}, "needs the name of at least one class"),
        (
            {"train_size": 1},
            "Of 12 images 1 are to train on, 0 to validate and 11 to test; at least 2 must be to train on",
        ),
        ({"train_size": 11}, "11 are to train on, 0 to validate and 1 to test"),
        ({"train_size": -4}, "-4 are to train on, 0 to validate and 16 to test"),
        ({"validation_size": 3}, "8 are to train on, 3 to validate and 1 to test"),
        ({"validation_size": -1}, "8 are to train on, -1 to validate and 5 to test"),
    ],
)
def test_what_cannot_be_trained_with_is_refused_in_one_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DatasetError, match=words) as caught:
        replace(SOUND, **changes)
    assert one_sentence(caught.value)


def test_parts_follow_each_other() -> None:
    three = replace(SOUND, validation_size=2)
    parts = [three.part(name) for name in ("train", "validation", "test")]
    assert [len(images) for images, _ in parts] == [8, 2, 2]
    assert torch.equal(torch.cat([images for images, _ in parts]), IMAGES)
    assert torch.equal(torch.cat([labels for _, labels in parts]), SOUND.labels)
    assert torch.equal(three.test_images, parts[2][0])


def test_images_of_one_class_and_two_test_images_are_a_data_set() -> None:
    few = replace(SOUND, labels=torch.zeros(12, dtype=torch.int64), class_names=("all",), train_size=10)
    assert len(few.test_images) == 2


DTYPES = st.sampled_from(["uint8", "int8", "int16", "int64", "float32", "float64", "bool", "complex64"])


@pytest.mark.fuzz
@fuzzed(few=150, many=1_000)
@given(
    images=arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=3)),
    labels=arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)),
    fits=st.booleans(),
    train_size=st.integers(-2, 5),
    classes=st.integers(0, 3),
)
def test_any_arrays_are_a_data_set_or_refused_in_one_sentence(
    images: np.ndarray, labels: np.ndarray, fits: bool, train_size: int, classes: int
) -> None:
    if fits and images.size and images.ndim:
        images = np.zeros((len(images), 1, 8, 8), np.uint8)
        labels, classes = np.arange(len(images)) % 3, 3
    names = tuple(map(str, range(classes)))
    try:
        found = Dataset("own", torch.from_numpy(images), torch.from_numpy(labels), train_size, names, "f" * 64)
    except DatasetError as error:
        assert one_sentence(error)
        event("refused: " + " ".join(str(error).split()[:3]))
    else:
        assert len(found.train_images) == len(found.train_labels) == train_size
        assert len(found.test_images) >= 2
        event("accepted")
