"""NumPy's arrays become images whatever the order of their axes, or are refused with what was found."""

import numpy as np
import pytest

from tests.helpers.array_files import images, smooth_colours
from tests.helpers.reading import collect, named_labels, pictures
from vae.data.readers import npy
from vae.data.readers.collection import ReaderError


def test_images_with_and_without_channels_first_or_last(tmp_path) -> None:
    grey, colour = images(9, 7, 6), images(9, 7, 6, 3)
    for stored, expected in (
        (grey, grey),
        (grey[..., None], grey),
        (grey[:, None], grey),
        (colour, colour),
        (colour.transpose(0, 3, 1, 2), colour),
        (np.asfortranarray(grey), grey),
        (grey > 99, (grey > 99).astype(np.uint8)),
        (grey.astype(">i2"), grey),
        ((grey / 255).astype(np.float16), (grey / 255).astype(np.float16)),
    ):
        np.save(tmp_path / "own.npy", stored)
        found = collect(npy, tmp_path / "own.npy")
        assert found.count == 9
        assert found.labels is None
        assert (pictures(found) == expected).all()
        assert (pictures(found, [1, 4, 8]) == expected[[1, 4, 8]]).all()
        assert pictures(found).dtype.isnative


def test_rows_of_numbers_are_square_pictures_and_colours_are_in_the_order_that_is_smooth(tmp_path) -> None:
    grey, colour = images(5, 8, 8), smooth_colours(5, 16)
    for stored, expected in (
        (grey.reshape(5, 64), grey),
        (colour.reshape(5, -1), colour),
        (colour.transpose(0, 3, 1, 2).reshape(5, -1), colour),
    ):
        np.save(tmp_path / "own.npy", stored)
        assert (pictures(collect(npy, tmp_path / "own.npy")) == expected).all()


def test_images_and_labels_lie_side_by_side(tmp_path) -> None:
    np.save(tmp_path / "X.npy", images(6, 9, 9))
    np.save(tmp_path / "Y.npy", np.eye(3, dtype=int)[[0, 1, 2, 2, 1, 0]])
    found = collect(npy, tmp_path)
    assert named_labels(found) == list("012210")


def test_arrays_of_one_class_each_are_called_by_their_files(tmp_path) -> None:
    for number, name in enumerate(("cat", "apple", "moon")):
        np.save(tmp_path / f"{name}.npy", images(number + 2, 64, seed=number))
    found = collect(npy, tmp_path)
    assert found.class_names == ("apple", "cat", "moon")
    assert named_labels(found) == ["apple"] * 3 + ["cat"] * 2 + ["moon"] * 4
    assert (pictures(found)[3:5].reshape(2, -1) == images(2, 64)).all()


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (np.zeros((150, 13)), "13 numbers a row"),
        (np.zeros((150, 4)), "4 numbers a row"),
        (np.zeros(150), "single numbers"),
        (np.zeros((200, 300, 3), np.uint8), "one picture of 200 × 300"),
        (np.zeros((0, 28, 28)), "is empty"),
        (np.zeros((5, 28, 28), complex), "complex128"),
        (np.array([None, 3], object), "never unpickled"),
    ],
)
def test_what_holds_no_images_is_refused_with_what_was_found(stored: np.ndarray, said: str, tmp_path) -> None:
    np.save(tmp_path / "own.npy", stored, allow_pickle=True)
    with pytest.raises(ReaderError, match=said):
        collect(npy, tmp_path / "own.npy")


def test_an_image_of_too_many_pixels_is_refused(tmp_path) -> None:
    np.lib.format.open_memmap(tmp_path / "own.npy", "w+", np.uint8, (2, 8_000, 8_000)).flush()
    with pytest.raises(ReaderError, match="64 million pixels"):
        collect(npy, tmp_path / "own.npy")


def test_a_file_that_breaks_off_is_refused(tmp_path) -> None:
    np.save(tmp_path / "own.npy", images(9, 28, 28))
    whole = (tmp_path / "own.npy").read_bytes()
    for length in (8, 60, len(whole) - 1):
        (tmp_path / "own.npy").write_bytes(whole[:length])
        with pytest.raises(ReaderError, match=r"own\.npy"):
            collect(npy, tmp_path / "own.npy")


def test_pictures_with_an_array_beside_them_are_left_to_other_readers(tmp_path) -> None:
    from tests.helpers.source_files import FakeFiles
    from vae.data.readers.files import Options

    np.save(tmp_path / "embedding.npy", images(9, 8, 8))
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"")
    assert npy.recognised(FakeFiles(tmp_path), Options()) is None
