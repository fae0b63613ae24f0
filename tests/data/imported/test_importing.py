"""An import: what becomes of images, labels, parts and columns, what is refused, and that nothing half-made stays."""

import hashlib
import os
import signal
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.helpers.collections import collection, contents, squares
from tests.helpers.disks import fill, small_disk
from vae.data.dataset import LEAST
from vae.data.datasets import load_dataset
from vae.data.imported.about import ImportedSetError, read_about
from vae.data.imported.importing import import_images
from vae.data.imported.parts import divide
from vae.data.imported.shelf import list_imported
from vae.data.preparation.settings import Preparation, Split
from vae.data.readers.collection import Collection, ReaderError, UnreadableImageError
from vae.errors import VaeError
from vae.folders import ROOT

PREPARATION = Preparation(8, 8)
SPLIT = Split(0.1, 0.2, seed=3)
BROKEN = UnreadableImageError("b.png is damaged; save it again.")


def imported(source: Collection, split: Split = SPLIT, **settings: Any):
    return import_images(source, replace(PREPARATION, **settings), split, "mine", "My images")


def test_images_labels_and_columns_stay_together_in_stratified_shuffled_parts(shelf: Path) -> None:
    source = squares(120)
    about = imported(source)
    dataset = load_dataset("mine")
    assert (about.train_size, about.validation_size, about.test_size) == (84, 12, 24)
    assert torch.bincount(dataset.test_labels).tolist() == [8, 8, 8]
    assert torch.bincount(dataset.part("validation")[1]).tolist() == [4, 4, 4]
    assert dataset.labels[:20].unique().tolist() == [0, 1, 2]  # the first of a part are as varied as all of it
    stored = [each for each in source.read(range(120)) if isinstance(each, np.ndarray)]
    assert source.labels is not None
    rows = [int(name.split("/")[1].removesuffix(".png")) for name in dataset.columns["file"]]
    assert sorted(rows) == list(range(120))
    for row, image, label, ink in zip(rows, dataset.images, dataset.labels, dataset.columns["ink"], strict=True):
        assert np.array_equal(image[0].numpy(), stored[row])
        assert int(label) == source.labels[row]
        assert ink == float(stored[row].mean())
    digest = hashlib.sha256(dataset.images.numpy().tobytes() + dataset.labels.numpy().tobytes())
    assert dataset.fingerprint == about.fingerprint == digest.hexdigest()
    assert dataset.class_names == ("a", "b", "c")
    assert (about.title, about.layout, about.split, about.preparation) == (
        "My images",
        "Images of a test.",
        SPLIT,
        PREPARATION,
    )
    assert [each.name for each in list_imported()[0]] == ["mine"]
    assert sorted(os.listdir(shelf)) == ["mine"]


def test_the_same_images_and_seed_give_the_same_set(shelf: Path) -> None:
    one = imported(squares(60))
    other = import_images(squares(60), PREPARATION, SPLIT, "again", "Again")
    assert one.fingerprint == other.fingerprint
    third = import_images(squares(60), PREPARATION, replace(SPLIT, seed=4), "third", "Third")
    assert third.fingerprint != one.fingerprint


def test_every_class_of_three_images_is_trained_on_and_tested_with(shelf: Path) -> None:
    labels = np.repeat([0, 1, 2, 3], [50, 3, 4, 1])
    images = [np.full((8, 8), 10 + row, np.uint8) for row in range(len(labels))]
    imported(collection(images, labels=labels, class_names=tuple("abcd")), Split(0.2, 0.1))
    dataset = load_dataset("mine")
    assert dataset.train_labels.unique().tolist() == [0, 1, 2, 3]
    assert dataset.test_labels.unique().tolist() == [0, 1, 2]


def test_given_parts_are_kept(shelf: Path) -> None:
    given = np.arange(60).astype(np.uint8) % 3
    about = imported(replace(squares(60), split=given))
    assert (about.train_size, about.validation_size, about.test_size, about.split) == (20, 20, 20, None)
    files = load_dataset("mine").columns["file"]
    assert {int(name.split("/")[1][:-4]) % 3 for name in files[40:]} == {2}


def test_given_parts_without_a_test_get_one_and_say_so(shelf: Path) -> None:
    about = imported(replace(squares(60), split=np.repeat([0, 1], [50, 10]).astype(np.uint8)))
    assert (about.train_size, about.validation_size, about.test_size) == (40, 10, 10)
    assert "The files have no images to test with: 10 of those to train on were put aside." in about.remarks


def test_clusters_take_the_place_of_classes(shelf: Path) -> None:
    about = imported(replace(squares(40), labels=None, class_names=()))
    dataset = load_dataset("mine")
    assert not about.labelled
    assert not dataset.labelled
    assert dataset.class_names == ("cluster 1", "cluster 2", "cluster 3")
    brightness = dataset.images.float().mean((1, 2, 3))
    for label in range(3):  # they are those of which the images were made
        assert np.ptp(brightness[dataset.labels == label].numpy()) < 30
    one_class = import_images(
        replace(squares(40), labels=np.zeros(40, np.int64), class_names=("cat",)), PREPARATION, SPLIT, "cats", "Cats"
    )
    assert not one_class.labelled
    assert "All images are of the class 'cat', so that they count as images without classes." in one_class.remarks


def test_unreadable_images_are_left_out_counted_and_named(shelf: Path) -> None:
    images = [np.full((8, 8), 10 + row, np.uint8) for row in range(100)]
    some: list[Any] = [*images]
    for row in (0, 17, 50, 99):
        some[row] = UnreadableImageError(f"{row}.png is damaged.")
    some[20] = np.full((8, 8), np.nan)
    about = imported(collection(some, columns={"row": np.arange(100.0)}))
    assert about.count == 95
    assert about.remarks[-1] == (
        "5 of 100 images could not be read and were left out: 0.png is damaged. 17.png is damaged. image 20 has 64 "
        "values that are NaN or infinite; replace them, such as by 0."
    )
    dataset = load_dataset("mine")
    assert np.array_equal(dataset.images[:, 0, 0, 0].numpy(), 10 + dataset.columns["row"])
    assert "file" not in dataset.columns
    digest = hashlib.sha256(dataset.images.numpy().tobytes() + bytes(8 * 95))  # clusters are no part of it
    assert about.fingerprint == digest.hexdigest()


def cut_short(source: Collection) -> Collection:
    return replace(source, read=lambda rows: iter([np.eye(8, dtype=np.uint8)] * 5))


def failing(source: Collection) -> Collection:
    def read(rows: Sequence[int]) -> Iterator[Any]:
        yield np.eye(8, dtype=np.uint8)
        raise ReaderError("photos.zip is damaged; bring it again.")

    return replace(source, read=read)


BLACK: list[Any] = [np.zeros((8, 8), np.uint8)] * 20


@pytest.mark.parametrize(
    ("source", "split", "words"),
    [
        (collection([]), SPLIT, "There are 0 images; bring at least 4"),
        (collection([np.eye(8)]), SPLIT, "There is 1 image; bring at least 4"),
        (collection(BLACK), SPLIT, "All images are black all over after the preparation"),
        (collection([BROKEN] * 3 + BLACK), SPLIT, r"More than one in ten .*: b\.png is damaged"),
        (replace(squares(20), labels=np.zeros(19, np.int64)), SPLIT, r"20 images and labels of shape \(19,\)"),
        (replace(squares(20), labels=np.arange(20)), SPLIT, "Labels are 0 to 19, and there are 3 classes"),
        (replace(squares(20), split=np.repeat([0, 2], [1, 19]).astype(np.uint8)), SPLIT, "1 images are left to train"),
        (replace(squares(20), split=np.full(20, 3, np.uint8)), SPLIT, "Parts must be 0 to 2, not 3: train, validation"),
        (cut_short(squares(20)), SPLIT, "The files end after 5 of 20 images"),
        (failing(squares(20)), SPLIT, "photos.zip is damaged"),
    ],
)
def test_what_is_refused_leaves_everything_as_it_was(
    source: Collection, split: Split, words: str, shelf: Path, saved: Path
) -> None:
    folders = (shelf.parent.parent, saved.parent, ROOT / "data")
    before = contents(*folders)
    with pytest.raises(VaeError, match=words):
        imported(source, split)
    assert contents(*folders) == before
    import_images(squares(20), PREPARATION, SPLIT, "other", "Other")
    before = contents(*folders)
    with pytest.raises(VaeError, match=words):
        imported(source, split)
    assert contents(*folders) == before


@pytest.mark.parametrize("name", ["../mine", "mnist", "", "A", ".mine"])
def test_names_that_are_not_allowed_or_taken_are_refused(name: str, shelf: Path) -> None:
    with pytest.raises(ImportedSetError, match="is no name for an imported set"):
        import_images(squares(20), PREPARATION, SPLIT, name, "x")
    imported(squares(20))
    before = contents(shelf)
    with pytest.raises(ImportedSetError, match="There are images called 'mine' already"):
        imported(squares(30))
    assert contents(shelf) == before


def test_a_cancelled_import_leaves_nothing_and_one_in_another_process_is_left_alone(shelf: Path) -> None:
    shares: list[float] = []

    def report(share: float) -> None:
        shares.append(share)
        assert len(list(shelf.glob(".mine-*"))) == 2  # the folder and its lock
        import_images(squares(20), PREPARATION, SPLIT, "meanwhile", "x")  # clears up nothing of a process that lives
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_images(squares(20), PREPARATION, SPLIT, "mine", "x", report)
    assert 0 < shares[0] < 1
    assert os.listdir(shelf) == ["meanwhile"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_what_a_killed_import_leaves_is_cleared_by_the_next_one(shelf: Path) -> None:
    if (child := os.fork()) == 0:
        try:
            kill = lambda share: os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731
            import_images(squares(20), PREPARATION, SPLIT, "killed", "x", kill)
        finally:
            os.execlp("true", "true")  # the child is to end here, and nothing of pytest in it
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert [name for name in os.listdir(shelf) if name.startswith(".killed")]
    assert list_imported() == ([], [])
    imported(squares(20))
    assert os.listdir(shelf) == ["mine"]


def test_more_than_the_quota_is_refused_before_anything_is_written(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAE_IMPORTED_GB", "0.000001")
    with pytest.raises(ImportedSetError, match=r"These images would take .* GB that they may; delete some"):
        imported(squares(20))
    assert not shelf.exists()
    monkeypatch.setenv("VAE_IMPORTED_GB", "much")
    with pytest.raises(ImportedSetError, match="give the gigabytes as a number"):
        imported(squares(20))


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk(tmp_path / "disk") as disk:
        monkeypatch.setenv("VAE_IMPORTED", str(disk / "imported"))
        with pytest.raises(ImportedSetError, match=r"and .* has 0.00 GB free; free some"):
            imported(squares(20))
        monkeypatch.setattr("vae.data.imported.checks.SPARE", -1e12)
        fill(disk, leaving=20_000)
        with pytest.raises(ImportedSetError, match=r"could not be written to .*: No space left on device; nothing"):
            imported(squares(1_000))
        assert not list(disk.glob("imported/*"))


def test_memory_does_not_grow_with_the_images(shelf: Path) -> None:
    def read(rows: Sequence[int]) -> Iterator[np.ndarray]:
        random = np.random.default_rng(0)
        return (random.integers(0, 256, (64, 64), np.uint8) for _ in rows)

    def peak(count: int) -> int:
        source = replace(collection([]), count=count, read=read, labels=np.arange(count) % 3, class_names=tuple("abc"))
        tracemalloc.reset_peak()
        import_images(source, Preparation(64, 64), SPLIT, f"of-{count}", "x")
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        peak(200)
        few, many = peak(300), peak(4_000)
    finally:
        tracemalloc.stop()
    assert many - few < 8_000_000  # blocks of 4 MB, where the images have 16 MB


def test_at_least_two_images_are_tested_with(shelf: Path) -> None:
    about = imported(replace(squares(5), labels=None, class_names=()), Split(0, 0.05))
    assert about.test_size == LEAST
    assert read_about("mine") == about


@pytest.mark.parametrize(("each", "sizes"), [(2, (1_400, 200, 400)), (3, (1_400, 200, 400)), (1, (1_400, 200, 400))])
def test_parts_have_the_sizes_asked_for_however_small_the_classes_are(each: int, sizes: tuple[int, ...]) -> None:
    labels = np.arange(2_000) // each
    source = replace(collection([]), count=2_000, labels=labels, class_names=tuple(map(str, range(labels[-1] + 1))))
    parts, _, _ = divide(source, Split(0.1, 0.2))
    assert tuple(np.bincount(parts, minlength=3)) == sizes
    if each > 1:
        assert len(np.unique(labels[parts == 0])) == labels[-1] + 1  # all classes are trained on


def test_a_class_whose_images_are_all_unreadable_is_left_out(shelf: Path) -> None:
    images: list[Any] = [np.full((8, 8), 10 + row, np.uint8) for row in range(40)]
    labels = np.repeat([0, 1, 2], [18, 4, 18])
    images[18:22] = [BROKEN] * 4
    about = imported(collection(images, labels=labels, class_names=("a", "b", "c")))
    assert about.class_names == ("a", "c")
    assert load_dataset("mine").labels.bincount().tolist() == [18, 18]
    assert "Classes of which no image can be read were left out: b." in about.remarks
    labels = np.repeat([0, 1], [36, 4])
    images = [*images[:18], *images[22:], *[BROKEN] * 4]
    about = import_images(collection(images, labels=labels, class_names=("a", "b")), PREPARATION, SPLIT, "one", "One")
    assert not about.labelled
    assert set(about.class_names) <= {f"cluster {number}" for number in range(1, 11)}


def test_an_import_can_be_cancelled_until_its_end(shelf: Path) -> None:
    shares: list[float] = []
    imported(replace(squares(60), labels=None, class_names=()))
    import_images(replace(squares(60), labels=None), PREPARATION, SPLIT, "seen", "x", shares.append)
    assert shares == sorted(shares)
    assert len([share for share in shares if share > 0.95]) > 5  # each number of clusters tells
    for end in (0.91, 0.96):

        def stop(share: float, end: float = end) -> None:
            if share > end:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_images(replace(squares(60), labels=None), PREPARATION, SPLIT, "stopped", "x", stop)
    assert sorted(os.listdir(shelf)) == ["mine", "seen"]
