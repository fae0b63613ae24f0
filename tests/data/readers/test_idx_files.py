"""MNIST and its like in IDX files, as they are downloaded."""

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.array_files import idx_bytes, images, write_idx
from tests.helpers.reading import collect, named_labels, pictures
from vae.data.readers import idx_files
from vae.data.readers.collection import ReaderError

LABELS = np.arange(12, dtype=np.uint8) % 10


def four_files(folder: Path, pattern: str) -> np.ndarray:
    """Write twelve images to train on and five to test, and return all of them."""
    train, test = images(12, 28, 28), images(5, 28, 28, seed=1)
    for part, values in (("train", train), ("t10k", test)):
        write_idx(folder / pattern.format(part, "images", 3), values)
        write_idx(folder / pattern.format(part, "labels", 1), LABELS[: len(values)])
    return np.concatenate([train, test])


@pytest.mark.parametrize(
    "pattern",
    [
        "{}-{}-idx{}-ubyte",
        "{}-{}-idx{}-ubyte.gz",
        "{}-{}.idx{}-ubyte",
        "FashionMNIST/raw/{}-{}-idx{}-ubyte",
        "{}/{}-idx{}-ubyte.gz",
    ],
)
def test_four_files_are_two_parts(pattern: str, tmp_path) -> None:
    expected = four_files(tmp_path, pattern)
    found = collect(idx_files, tmp_path)
    assert found.split is not None
    order = np.argsort(found.split, kind="stable")
    assert np.bincount(found.split).tolist() == [12, 0, 5]
    assert (pictures(found)[order] == expected).all()
    assert [named_labels(found)[row] for row in order] == [*"0123456789", "0", "1", *"01234"]


def test_packed_and_unpacked_files_beside_each_other_are_read_once(tmp_path) -> None:
    four_files(tmp_path, "{}-{}-idx{}-ubyte")
    four_files(tmp_path, "{}-{}-idx{}-ubyte.gz")
    assert collect(idx_files, tmp_path).count == 17


def test_two_files_images_alone_and_colours(tmp_path) -> None:
    colour = images(4, 3, 10, 11)
    write_idx(tmp_path / "own", colour)
    found = collect(idx_files, tmp_path / "own")
    assert found.labels is None
    assert (pictures(found) == colour.transpose(0, 2, 3, 1)).all()
    write_idx(tmp_path / "classes", np.array([0, 1, 1, 0], np.int32))
    assert named_labels(collect(idx_files, tmp_path)) == list("0110")


def test_emnist_is_turned_upright_and_its_letters_are_named(tmp_path) -> None:
    upright = images(3, 28, 28)
    for part in ("train", "test"):
        write_idx(tmp_path / f"emnist-letters-{part}-images-idx3-ubyte.gz", upright.transpose(0, 2, 1).copy())
        write_idx(tmp_path / f"emnist-letters-{part}-labels-idx1-ubyte.gz", np.array([1, 3, 26], np.uint8))
    found = collect(idx_files, tmp_path)
    assert (pictures(found)[:3] == upright).all()
    assert named_labels(found)[:3] == ["A", "C", "Z"]
    assert "upright" in found.remarks[0]


def test_qmnist_labels_have_the_class_first(tmp_path) -> None:
    write_idx(tmp_path / "qmnist-train-images-idx3-ubyte", images(3, 28, 28))
    write_idx(tmp_path / "qmnist-train-labels-idx2-int", np.arange(24, dtype=np.int32).reshape(3, 8))
    assert named_labels(collect(idx_files, tmp_path)) == ["0", "8", "16"]


def test_half_a_download_is_named_with_its_remedy(tmp_path) -> None:
    four_files(tmp_path, "{}-{}-idx{}-ubyte")
    path = tmp_path / "train-images-idx3-ubyte"
    whole = path.read_bytes()
    for content in (whole[:5_000], whole[:7], whole + b"\0"):
        path.write_bytes(content)
        with pytest.raises(ReaderError, match=r"train-images-idx3-ubyte is not complete.*download it again"):
            collect(idx_files, tmp_path)
    path.unlink()
    packed = gzip.compress(whole)
    for content in (packed[:5_000], gzip.compress(whole[:5_000]), packed[:-4]):
        (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(content)
        with pytest.raises(ReaderError, match=r"train-images-idx3-ubyte\.gz is not complete.*download it again"):
            collect(idx_files, tmp_path)


def test_a_gzip_file_of_several_parts_is_read(tmp_path) -> None:
    values = images(4, 28, 28)
    content = idx_bytes(values)
    (tmp_path / "own.gz").write_bytes(gzip.compress(content[:1_000]) + gzip.compress(content[1_000:]))
    assert (pictures(collect(idx_files, tmp_path / "own.gz")) == values).all()


def test_a_header_of_images_that_no_file_could_hold_is_refused(tmp_path) -> None:
    start = idx_bytes(images(1, 28, 28))[:16].replace(b"\0\0\0\1", b"\x7f\xff\xff\xff")
    (tmp_path / "own.gz").write_bytes(gzip.compress(start + bytes(10**6)))
    with pytest.raises(ReaderError, match="cannot hold"):
        collect(idx_files, tmp_path / "own.gz")


def test_files_that_do_not_belong_together_are_refused(tmp_path) -> None:
    four_files(tmp_path, "emnist-digits-{}-{}-idx{}-ubyte")
    four_files(tmp_path, "emnist-letters-{}-{}-idx{}-ubyte")
    with pytest.raises(ReaderError, match="2 sets of images"):
        collect(idx_files, tmp_path)
    shutil.rmtree(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", LABELS)
    with pytest.raises(ReaderError, match="bring the images' files too"):
        collect(idx_files, tmp_path)
    write_idx(tmp_path / "train-images-idx3-ubyte", images(9, 28, 28))
    with pytest.raises(ReaderError, match="12 labels for 9 images"):
        collect(idx_files, tmp_path)
