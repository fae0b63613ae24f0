"""WebDataset archives give images with their classes and whatever else stands beside them."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.sources import folder_of, picture, tar_of
from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Options
from vae.data.readers.recognise import collect, open_source
from vae.data.readers.webdataset import recognised


def samples(first: int, count: int, classes: int = 3) -> dict[str, bytes]:
    files = {}
    for row in range(first, first + count):
        about = {"size": row / 2, "from": "web", "tags": ["a"], "label": "unused"}
        files[f"./{row:04}.png"] = picture(row)
        files[f"./{row:04}.cls"] = str(row % classes * 5).encode() + b"\n"
        files[f"./{row:04}.txt"] = f"a picture of {row}".encode()
        files[f"./{row:04}.json"] = json.dumps(about).encode()
        files[f"./{row:04}.seg.png"] = picture(0)
    return files


def test_a_sample_is_what_shares_a_name(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "a.tar", samples(1, 6) | {"0009.cls": b"1", "__index__.txt": b"x"})
    with open_source(path) as files:
        found = collect(files)
        assert found.layout == "WebDataset samples."
        assert (found.count, found.class_names, found.split) == (6, ("0", "5", "10"), None)
        assert found.labels is not None
        assert found.labels.tolist() == [1, 2, 0, 1, 2, 0]
        assert found.columns["size"].tolist() == [0.5, 1, 1.5, 2, 2.5, 3]
        assert found.columns["txt"][5] == "a picture of 6"
        assert set(found.columns) == {"size", "txt", "from"}
        assert [int(np.asarray(image).flat[0]) for image in found.read([0, 5])] == [1, 6]
        assert "Samples without an image were left out: 2." in found.remarks


def test_shards_in_a_folder_are_one_set_whose_names_give_the_parts(tmp_path: Path) -> None:
    for name, first in (("train-000.tar", 1), ("train-001.tar", 11), ("test-000.tar", 21)):
        tar_of(tmp_path / name, samples(first, 10))
    with open_source(folder_of(tmp_path, {"readme.md": b"hello"})) as files:
        found = collect(files)
        assert (found.layout, found.count) == ("WebDataset samples of 3 shards.", 30)
        assert found.split is not None
        values = [int(np.asarray(image).flat[0]) for image in found.read(range(30))]
        assert sorted(values) == list(range(1, 31))
        assert all((value > 20) == (part == 2) for value, part in zip(values, found.split, strict=True))


def test_pictures_with_nothing_beside_them_are_no_samples(tmp_path: Path) -> None:
    files = {"cat/1.png": picture(1), "dog/1.png": picture(2), "dog/2.png": picture(2), "dog/2.txt": b"x"}
    with open_source(tar_of(tmp_path / "a.tar", files)) as opened:
        assert recognised(opened, Options()) is None
        assert collect(opened).class_names == ("cat", "dog")


def test_samples_of_which_some_have_no_class_are_refused(tmp_path: Path) -> None:
    files = samples(1, 6)
    del files["./0003.cls"], files["./0003.json"]
    with open_source(tar_of(tmp_path / "a.tar", files)) as opened, pytest.raises(ReaderError, match="1 of 6 samples"):
        collect(opened)


def test_json_that_is_none_is_passed_over(tmp_path: Path) -> None:
    files = samples(1, 4) | {"./0001.json": b"{", "./0002.json": b"[1]", "./0003.json": b"[" * 90_000}
    with open_source(tar_of(tmp_path / "a.tar", files)) as opened:
        assert np.array_equal(collect(opened).columns["size"], [np.nan, np.nan, np.nan, 2], equal_nan=True)


def test_fractions_are_a_column_and_no_classes(tmp_path: Path) -> None:
    files = samples(1, 4) | {f"./{row:04}.cls": str(row / 4).encode() for row in range(1, 5)}
    with open_source(tar_of(tmp_path / "a.tar", files)) as opened:
        found = collect(opened)
        assert found.labels is None
        assert found.columns["label"].tolist() == [0.25, 0.5, 0.75, 1]
        assert any("are a column and no classes" in remark for remark in found.remarks)
