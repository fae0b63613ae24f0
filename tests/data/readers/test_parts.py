"""Pieces of several files and arrays as one collection: parts by their names, labels and columns that fit together."""

import numpy as np
import pytest

from tests.helpers.reading import named_labels
from vae.data.readers.collection import ReaderError
from vae.data.readers.parts import Piece, joined, part_of


def piece(part: str, labels: list | None, **columns: list) -> Piece:
    return Piece(
        name=part or "all",
        count=3,
        read=lambda rows: (np.full((2, 2), row) for row in rows),
        part=part,
        labels=None if labels is None else np.array(labels),
        columns={name: np.array(values) for name, values in columns.items()},
    )


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("x_train", "train"),
        ("trainX", "train"),
        ("t10k-images-idx3-ubyte", "test"),
        ("data/train-00000-of-00002.parquet", "train"),
        ("train/test_labels", "test"),
        ("val_images", "validation"),
        ("fashion-mnist_test.csv", "test"),
        ("optdigits.tra", "train"),
        ("extra_32x32.mat", "train"),
        ("contest.npz", ""),
        ("trainer.npz", ""),
    ],
)
def test_names_tell_the_part(name: str, part: str) -> None:
    assert part_of(name) == part


def test_given_parts_need_images_to_train_on_and_to_test() -> None:
    whole = joined([piece("train", [0, 1, 2]), piece("validation", [0, 1, 2])], "Arrays.")
    assert whole.split is not None
    assert whole.split.tolist() == [0, 0, 0, 2, 2, 2]
    assert any("validation images are the test images" in remark for remark in whole.remarks)
    assert joined([piece("test", [0, 1, 2])], "Arrays.").split is None
    assert joined([piece("train", None), piece("", None)], "Arrays.").split is None


def test_rows_are_read_and_named_across_pieces() -> None:
    whole = joined([piece("train", None), piece("test", None)], "Arrays.")
    found = [one for one in whole.read([0, 2, 3, 5]) if isinstance(one, np.ndarray)]
    assert [one[0, 0] for one in found] == [0, 2, 0, 2]
    assert [whole.name_of(row) for row in (2, 3)] == ["train row 2", "test row 0"]


def test_labels_and_columns_of_different_types_fit_together() -> None:
    whole = joined(
        [piece("train", [0, 1, 10], a=[1.0] * 3, b=[1.0] * 3), piece("test", ["x", "2", "1"], a=["?"] * 3)], ""
    )
    assert named_labels(whole) == ["0", "1", "10", "x", "2", "1"]
    assert whole.class_names == ("0", "1", "2", "10", "x")
    assert whole.columns == {}


def test_values_that_are_no_classes_become_a_column() -> None:
    many = Piece("all", 2_000, lambda rows: iter(()), labels=np.arange(2_000))
    whole = joined([many], "")
    assert whole.labels is None
    assert whole.columns["label"].tolist() == list(range(2_000))
    assert any("column and no classes" in remark for remark in whole.remarks)


def test_labels_counted_from_1_have_their_names_and_others_are_refused() -> None:
    whole = joined([piece("", [1, 2, 1])], "", class_names=["ant", "bee"])
    assert named_labels(whole) == ["ant", "bee", "ant"]
    with pytest.raises(ReaderError, match="labels from 0 to 2, but the 2 classes have 0 to 1"):
        joined([piece("", [0, 2, 1])], "", class_names=["ant", "bee"])
