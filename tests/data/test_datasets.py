"""Data sets: the bundled MNIST, damage, and what happens with no network."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from vae.data import datasets
from vae.data.datasets import Dataset, DatasetError, load_dataset


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
    assert "\n" not in str(caught.value)
    assert capsys.readouterr().out == ""


def _write_idx(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">i", n) for n in array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def test_fashion_mnist_in_the_cache_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "DOWNLOADS", tmp_path)
    random = np.random.default_rng(0)
    raw = tmp_path / "FashionMNIST" / "raw"
    images = {part: random.integers(0, 256, (n, 28, 28)) for part, n in (("train", 30), ("t10k", 10))}
    for part, array in images.items():
        _write_idx(raw / f"{part}-images-idx3-ubyte", array)
        _write_idx(raw / f"{part}-labels-idx1-ubyte", np.arange(len(array)) % 10)
    loaded = load_dataset("fashion-mnist")
    assert loaded.train_size == 30
    np.testing.assert_array_equal(loaded.test_images[:, 0].numpy(), images["t10k"])
    assert loaded.class_names[loaded.test_labels[9]] == "ankle boot"


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
