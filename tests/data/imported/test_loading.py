"""Loading imported sets: nothing is read before it is looked at, and damage is a sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.collections import contents, squares
from vae.data.dataset import DatasetError
from vae.data.imported.importing import IMAGES, LABELS, import_images
from vae.data.imported.loading import load_imported
from vae.data.preparation.settings import Preparation, Split
from vae.training.config import TrainConfig
from vae.training.loop import train


@pytest.fixture
def mine(shelf: Path) -> Path:
    import_images(squares(60), Preparation(8, 8), Split(0.1, 0.2), "mine", "Mine")
    return shelf / "mine"


def test_it_trains_and_what_is_written_to_its_tensors_stays_out_of_the_file(mine: Path) -> None:
    before = contents(mine)
    dataset = load_imported("mine")
    (report,) = train(TrainConfig(dataset="mine", epochs=1, hidden=(8,)), dataset)
    assert report.step == 1
    dataset.images[0] = 7
    assert contents(mine) == before


def cut(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-50])


def replaced(name: str, array: np.ndarray) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / name, array)


def changed(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        about = json.loads((folder / "about.json").read_text("utf-8"))
        (folder / "about.json").write_text(json.dumps(about | values), "utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut(IMAGES), "are damaged"),
        (cut(LABELS), "are damaged"),
        (lambda folder: (folder / IMAGES).unlink(), "are damaged"),
        (lambda folder: (folder / IMAGES).write_bytes(b""), "are damaged"),
        (lambda folder: (folder / LABELS).write_bytes(b"PK\x03\x04"), "are damaged"),
        (replaced(IMAGES, np.zeros((60, 1, 8, 8))), "not float64"),
        (replaced(IMAGES, np.zeros((59, 1, 8, 8), np.uint8)), r"images\.npy is \(59, 1, 8, 8\), not \(60, 1, 8, 8\)"),
        (replaced(LABELS, np.full(60, 9)), "Labels are 9 to 9"),
        (replaced(LABELS, np.zeros(60)), "labels.npy is float64"),
        (replaced("columns/0.npy", np.zeros(3)), "column 'ink' is float64"),
        (lambda folder: shutil.rmtree(folder), "no images called 'mine' on this machine; import them"),
        (lambda folder: (folder / "about.json").write_text("{"), "are damaged"),
        (changed(train_size="60"), "are damaged"),
        (changed(image_shape=[1, 8]), "are damaged"),
        (changed(preparation={"height": 3}), "are damaged"),
        (changed(format=7), "another version"),
        (changed(train_size=58, test_size=2, validation_size=1), "not \\(61, 1, 8, 8\\)"),
    ],
)
def test_damage_is_one_sentence(damage: Callable[[Path], object], words: str, mine: Path) -> None:
    damage(mine)
    with pytest.raises(DatasetError, match=words):
        load_imported("mine")


def test_texts_are_kept_to_a_bound_and_numbers_as_they_are(shelf: Path) -> None:
    source = squares(20)
    columns = {
        "note": np.array(["ß" * 900, *["a"] * 19]),
        "odd": np.array([None, 3, *"b" * 18], object),
        "count": np.arange(20),
        "known": np.array([np.nan, *np.arange(19.0)]),
    }
    source.columns.update(columns)  # type: ignore[attr-defined]
    import_images(source, Preparation(8, 8), Split(), "noted", "x")
    dataset = load_imported("noted")
    assert max(map(len, dataset.columns["note"])) == 120
    assert sorted(dataset.columns["odd"])[:2] == ["3", "None"]
    assert sorted(dataset.columns["count"]) == list(range(20))
    assert np.isnan(dataset.columns["known"]).sum() == 1
    assert [*dataset.columns] == ["ink", "note", "odd", "count", "known", "file"]
