"""MATLAB's files, in which the images are counted by the last axis as often as by the first."""

import numpy as np
import pytest
import scipy.io

from tests.helpers.array_files import images
from tests.helpers.reading import collect, named_labels, pictures
from vae.data.readers import mat_files
from vae.data.readers.collection import ReaderError


def test_svhn_with_its_parts_and_the_label_10_as_0(tmp_path) -> None:
    parts = {}
    for part, count in (("train", 12), ("test", 10)):
        parts[part] = images(count, 32, 32, 3, seed=count)
        labels = np.arange(count)[:, None] % 10 + 1
        scipy.io.savemat(
            tmp_path / f"{part}_32x32.mat",
            {"X": parts[part].transpose(1, 2, 3, 0), "y": labels},
            do_compression=part == "test",
        )
    found = collect(mat_files, tmp_path)
    assert found.count == 22
    assert found.class_names == tuple("0123456789")
    assert found.split is not None
    assert found.split.tolist() == [0] * 12 + [2] * 10
    assert named_labels(found)[:11] == [*"1234567890", "1"]
    assert (pictures(found) == np.concatenate([parts["train"], parts["test"]])).all()


@pytest.mark.parametrize("labelled", [True, False])
def test_the_axis_of_the_images_is_found(labelled: bool, tmp_path) -> None:
    grey, colour = images(30, 12, 12), images(30, 12, 12, 3)
    for stored, expected in (
        (grey, grey),
        (grey.transpose(1, 2, 0), grey),
        (grey.reshape(30, -1), grey),
        (grey.reshape(30, -1).T, grey),
        (colour, colour),
        (colour.transpose(1, 2, 3, 0), colour),
    ):
        others = {"label": np.arange(30) % 3} if labelled else {}
        scipy.io.savemat(tmp_path / "own.mat", {"data": stored, **others})
        found = collect(mat_files, tmp_path / "own.mat")
        assert (pictures(found) == expected).all()
        assert (found.labels is not None) == labelled


def test_texts_and_cells_are_left_alone(tmp_path) -> None:
    scipy.io.savemat(
        tmp_path / "own.mat",
        {"X": images(5, 9, 9), "y": np.arange(5), "about": "drawn by hand", "names": np.array([{}, 3], object)},
    )
    found = collect(mat_files, tmp_path / "own.mat")
    assert found.class_names == tuple("01234")


def test_a_variable_may_have_any_name(tmp_path) -> None:
    scipy.io.savemat(tmp_path / "own.mat", {"file": images(5, 9, 9), "names": np.arange(5)})
    assert collect(mat_files, tmp_path / "own.mat").count == 5


def test_what_is_wrong_has_its_own_sentence(tmp_path) -> None:
    scipy.io.savemat(tmp_path / "own.mat", {"X": images(5, 9, 9), "y": np.arange(4)})
    with pytest.raises(ReaderError, match="4 labels for 5 images"):
        collect(mat_files, tmp_path / "own.mat")
    scipy.io.savemat(tmp_path / "own.mat", {"X": np.zeros((150, 4))})
    with pytest.raises(ReaderError, match="4 numbers a row"):
        collect(mat_files, tmp_path / "own.mat")
    scipy.io.savemat(tmp_path / "own.mat", {"about": np.array([{}, 3], object)})
    with pytest.raises(ReaderError, match=r"own\.mat holds no arrays"):
        collect(mat_files, tmp_path / "own.mat")
    scipy.io.savemat(tmp_path / "own.mat", {"X": images(50, 9, 9)})
    content = (tmp_path / "own.mat").read_bytes()
    (tmp_path / "own.mat").write_bytes(content[: len(content) // 2])
    with pytest.raises(ReaderError, match="damaged"):
        collect(mat_files, tmp_path / "own.mat")
