"""Archives of arrays as Keras, scikit-learn, MedMNIST and dSprites fill them."""

import tracemalloc
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tests.helpers.array_files import images, save
from tests.helpers.reading import collect, named_labels, pictures
from vae.data.readers import npz
from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Options


def test_keras_parts_are_kept(tmp_path) -> None:
    train, test = images(12, 28, 28), images(5, 28, 28, seed=1)
    save(tmp_path / "mnist.npz", x_train=train, y_train=np.arange(12) % 10, x_test=test, y_test=np.arange(5))
    found = collect(npz, tmp_path / "mnist.npz")
    assert found.count == 17
    assert found.split is not None
    assert found.split.tolist() == [0] * 12 + [2] * 5
    assert found.class_names == tuple("0123456789")
    assert (pictures(found) == np.concatenate([train, test])).all()
    assert (pictures(found, [3, 11, 12, 16]) == np.stack([train[3], train[11], test[0], test[4]])).all()
    assert found.name_of(12) == "mnist.npz: x_test row 0"


def test_scikit_learns_digits(tmp_path) -> None:
    digits = load_digits()
    save(tmp_path / "digits.npz", **digits)
    found = collect(npz, tmp_path / "digits.npz")
    assert found.count == 1_797
    assert found.labels is not None
    assert (found.labels == digits.target).all()
    assert (pictures(found) == digits.images).all()
    assert found.split is None


@pytest.mark.parametrize(("x", "y"), [("X", "y"), ("images", "labels"), ("data", "target"), ("arr_0", "arr_1")])
def test_usual_names(x: str, y: str, tmp_path) -> None:
    save(tmp_path / "own.npz", **{x: images(4, 8, 8), y: np.array([[2], [10], [2], [1]])})
    found = collect(npz, tmp_path / "own.npz")
    assert found.class_names == ("1", "2", "10")
    assert named_labels(found) == ["2", "10", "2", "1"]


def test_images_alone(tmp_path) -> None:
    save(tmp_path / "own.npz", arr_0=images(4, 8, 8))
    assert collect(npz, tmp_path / "own.npz").labels is None


def test_medmnist_splits_are_kept_and_its_findings_are_columns(tmp_path) -> None:
    counts = {"train": 6, "val": 3, "test": 4}
    arrays = {f"{part}_images": images(count, 28, 28, 3, seed=count) for part, count in counts.items()}
    labels = {f"{part}_labels": np.arange(count)[:, None] % 2 for part, count in counts.items()}
    save(tmp_path / "bloodmnist.npz", **arrays, **labels)
    found = collect(npz, tmp_path / "bloodmnist.npz")
    assert found.split is not None
    assert found.split.tolist() == [0] * 6 + [1] * 3 + [2] * 4
    assert found.class_names == ("0", "1")
    assert (pictures(found)[6:9] == arrays["val_images"]).all()
    findings = {f"{part}_labels": np.ones((count, 14), np.uint8) for part, count in counts.items()}
    save(tmp_path / "bloodmnist.npz", **arrays, **findings)
    found = collect(npz, tmp_path / "bloodmnist.npz")
    assert found.labels is None
    assert len(found.columns) == 14


def test_dsprites_factors_are_columns_and_its_pickled_names_are_not_read(tmp_path) -> None:
    values = np.arange(30.0).reshape(5, 6)
    save(
        tmp_path / "dsprites.npz",
        imgs=images(5, 64, 64) % 2,
        latents_values=values,
        latents_classes=values.astype(int),
        metadata=np.array({"author": "x"}, dtype=object),
    )
    found = collect(npz, tmp_path / "dsprites.npz")
    assert list(found.columns)[:6] == ["color", "shape", "scale", "orientation", "pos_x", "pos_y"]
    assert found.columns["orientation"].tolist() == values[:, 3].tolist()
    assert found.labels is None
    assert any("metadata" in remark for remark in found.remarks)
    assert pictures(found).max() == 1
    by_shape = collect(npz, tmp_path / "dsprites.npz", Options(label_column="shape"))
    assert by_shape.class_names == ("1", "7", "13", "19", "25")


def test_images_and_labels_in_archives_of_their_own(tmp_path) -> None:
    for part, count in (("train", 5), ("test", 3)):
        save(tmp_path / f"kmnist-{part}-imgs.npz", arr_0=images(count, 28, 28))
        save(tmp_path / f"kmnist-{part}-labels.npz", arr_0=np.arange(count))
    found = collect(npz, tmp_path)
    assert named_labels(found) == list("01234012")
    assert found.split is not None
    assert found.split.tolist() == [0] * 5 + [2] * 3


def test_the_arrays_may_be_chosen(tmp_path) -> None:
    save(tmp_path / "own.npz", left=images(3, 9, 8), right=images(3, 9, 9), side=np.array(["a", "b", "b"]))
    found = collect(npz, tmp_path / "own.npz", Options(image_column="right", label_column="side"))
    assert named_labels(found) == ["a", "b", "b"]
    assert (pictures(found) == images(3, 9, 9)).all()
    with pytest.raises(ReaderError, match="no labels 'colour'"):
        collect(npz, tmp_path / "own.npz", Options(image_column="right", label_column="colour"))


def test_text_and_byte_labels_sort_as_people_count(tmp_path) -> None:
    for labels in (np.array(["b 10", "b 2", "a"]), np.array([b"b 10", b"b 2", b"a"])):
        save(tmp_path / "own.npz", x=images(3, 8, 8), y=labels)
        found = collect(npz, tmp_path / "own.npz")
        assert found.class_names == ("a", "b 2", "b 10")
        assert named_labels(found) == ["b 10", "b 2", "a"]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": images(5, 8, 8), "y": np.zeros(4)}, "4 labels for 5 images"),
        ({"x": images(2, 8, 8), "y": np.array([1.0, np.nan])}, "no numbers, the first of image 2"),
        ({"x": images(2, 8, 8), "y": np.array(["a", ""])}, "1 empty labels"),
        ({"x": images(2, 8, 8), "y": np.array([0, 5]), "class_names": np.array(["a", "b"])}, "labels from 0 to 5"),
        ({"x": np.array([None, 3], object), "y": np.zeros(2)}, "never unpickled"),
        ({"data": np.zeros((150, 4)), "target": np.zeros(150)}, "4 numbers a row"),
        ({"a": np.zeros(3), "b": np.zeros((2, 2))}, "no images among"),
        ({"W1": np.zeros((784, 256)), "W2": np.zeros((256, 784))}, "may all be the images"),
    ],
)
def test_what_is_wrong_has_its_own_sentence(arrays: dict[str, np.ndarray], said: str, tmp_path) -> None:
    save(tmp_path / "own.npz", **arrays)
    with pytest.raises(ReaderError, match=said):
        collect(npz, tmp_path / "own.npz")


def test_fractions_are_a_column_and_no_labels(tmp_path) -> None:
    save(tmp_path / "own.npz", x=images(2, 8, 8), y=np.array([0.5, 1.0]))
    found = collect(npz, tmp_path / "own.npz")
    assert found.labels is None
    assert found.columns["label"].tolist() == [0.5, 1.0]


def test_a_header_that_promises_more_than_there_is_is_refused(tmp_path) -> None:
    np.save(tmp_path / "x.npy", images(5, 28, 28))
    content = (tmp_path / "x.npy").read_bytes().replace(b"(5, 28, 28)", b"(9, 28, 28)")
    with zipfile.ZipFile(tmp_path / "own.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", content)
    with pytest.raises(ReaderError, match="promises 7,184"):
        collect(npz, tmp_path / "own.npz")


def test_an_archive_that_unpacks_to_far_more_is_refused_without_being_unpacked(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(npz, "LARGE", 2**20)
    with zipfile.ZipFile(tmp_path / "own.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        np.lib.format.write_array_header_1_0(
            file := archive.open("x.npy", "w"), {"descr": "|u1", "fortran_order": False, "shape": (30, 300, 300)}
        )
        for _ in range(30):
            file.write(bytes(90_000))
        file.close()
    with pytest.raises(ReaderError, match="times its size"):
        collect(npz, tmp_path / "own.npz")


def test_damage_that_shows_while_unpacking_ends_the_reading_in_a_sentence(tmp_path) -> None:
    save(tmp_path / "own.npz", x=images(300, 28, 28))
    content = bytearray((tmp_path / "own.npz").read_bytes())
    content[100_000:100_100] = bytes(100)
    (tmp_path / "own.npz").write_bytes(content)
    with pytest.raises(ReaderError, match=r"x is damaged|x breaks off"):
        pictures(collect(npz, tmp_path / "own.npz"))


def test_images_are_read_in_memory_that_does_not_grow_with_their_number(tmp_path) -> None:
    save(tmp_path / "own.npz", images=np.zeros((4_000, 112, 112), np.uint8), labels=np.zeros(4_000, np.uint8))
    tracemalloc.start()
    found = collect(npz, tmp_path / "own.npz")
    assert sum(isinstance(one, np.ndarray) for one in found.read(range(found.count))) == 4_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6  # of 50 MB


def test_labels_that_are_python_objects_are_refused_with_what_to_do(tmp_path) -> None:
    save(tmp_path / "own.npz", x=images(4, 8, 8), y=np.array(["a", "b", None, "a"], object))
    with pytest.raises(ReaderError, match=r"Python objects.*y\.astype\(str\)"):
        collect(npz, tmp_path / "own.npz")


def test_rows_of_an_array_have_no_names_of_files(tmp_path) -> None:
    save(tmp_path / "own.npz", x=images(4, 8, 8))
    assert not collect(npz, tmp_path / "own.npz").named
