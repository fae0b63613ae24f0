"""Parquet files with a column of image files, as Hugging Face stores data sets."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from tests.helpers.array_files import images
from tests.helpers.reading import collect, named_labels, pictures
from vae.data.readers import parquet_files
from vae.data.readers.collection import ReaderError, UnreadableImageError
from vae.data.readers.files import Options

CLASSES = ["ant", "bee", "cow"]


def png(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG")
    return file.getvalue()


def write(path: Path, count: int, image: str = "image", named: bool = True, **columns: Any) -> np.ndarray:
    """Write images in the way of Hugging Face, three rows a group, and return them."""
    values = images(count, 9, 8, seed=count)
    table = pa.table({image: [{"bytes": png(one), "path": f"{i}.png"} for i, one in enumerate(values)], **columns})
    if named:
        features = {"label": {"names": CLASSES, "_type": "ClassLabel"}, image: {"_type": "Image"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, row_group_size=3)
    return values


def test_shards_are_parts_and_classes_have_their_names(tmp_path) -> None:
    first = write(tmp_path / "train-00000-of-00002.parquet", 7, label=[0, 1, 2, 0, 1, 2, 0])
    second = write(tmp_path / "train-00001-of-00002.parquet", 4, label=[2, 2, 1, 1])
    test = write(tmp_path / "test-00000-of-00001.parquet", 3, label=[1, 0, 0])
    found = collect(parquet_files, tmp_path)
    assert found.split is not None
    assert found.split.tolist() == [2] * 3 + [0] * 11
    assert found.class_names == tuple(CLASSES)
    assert named_labels(found)[:5] == ["bee", "ant", "ant", "ant", "bee"]
    every = np.concatenate([test, first, second])
    assert (pictures(found) == every).all()
    assert (pictures(found, [1, 4, 9, 13]) == every[[1, 4, 9, 13]]).all()
    assert found.name_of(3) == "train-00000-of-00002.parquet row 1"
    (tmp_path / "train-00001-of-00002.parquet").unlink()
    assert any("1 of 2 shards" in remark for remark in collect(parquet_files, tmp_path).remarks)


def test_other_names_bytes_alone_text_labels_and_columns(tmp_path) -> None:
    values = write(
        tmp_path / "own.parquet",
        4,
        image="img",
        named=False,
        fine_label=["b 10", "b 2", "a", "a"],
        weight=[1.5, None, 2.0, 0.0],
        place=["here", None, "there", "here"],
        code=[3, 3, 1, 1],
        box=[[1, 2]] * 4,
    )
    found = collect(parquet_files, tmp_path / "own.parquet")
    assert found.class_names == ("a", "b 2", "b 10")
    assert np.isnan(found.columns["weight"]).tolist() == [False, True, False, False]
    assert found.columns["place"].tolist() == ["here", "", "there", "here"]
    assert list(found.columns) == ["weight", "place", "code"]
    assert (pictures(found) == values).all()
    by_code = collect(parquet_files, tmp_path / "own.parquet", Options(label_column="code"))
    assert named_labels(by_code) == ["3", "3", "1", "1"]
    pq.write_table(pa.table({"scan": [png(one) for one in values]}), tmp_path / "own.parquet")
    assert (pictures(collect(parquet_files, tmp_path / "own.parquet")) == values).all()


def test_null_bytes_and_damaged_files_are_unreadable_images(tmp_path) -> None:
    good = png(images(1, 9, 8)[0])
    contents = [good, None, b"", good[:40], good]
    table = pa.table({"image": [{"bytes": one, "path": "x.png"} for one in contents]})
    pq.write_table(table, tmp_path / "own.parquet")
    read = list(collect(parquet_files, tmp_path / "own.parquet").read(range(5)))
    assert [isinstance(one, UnreadableImageError) for one in read] == [False, True, True, True, False]
    assert str(read[1]) == "own.parquet row 2 holds no image."
    assert "own.parquet row 4" in str(read[3])


def test_labels_of_a_set_to_be_judged_are_none(tmp_path) -> None:
    write(tmp_path / "train.parquet", 3, label=[0, 1, 2])
    write(tmp_path / "test.parquet", 2, label=[-1, -1])
    found = collect(parquet_files, tmp_path)
    assert found.count == 3
    assert any("test.parquet" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"label": [0, 1, 7]}, "labels from 0 to 7, but the 3 classes"),
        ({"label": [0, None, 1]}, "1 rows without a value in label"),
    ],
)
def test_labels_that_are_wrong_have_their_own_sentences(columns: dict[str, Any], said: str, tmp_path) -> None:
    write(tmp_path / "own.parquet", 3, **columns)
    with pytest.raises(ReaderError, match=said):
        collect(parquet_files, tmp_path / "own.parquet")


def test_a_file_without_images_is_refused_with_its_columns(tmp_path) -> None:
    pq.write_table(pa.table({"text": ["a", "b"], "label": [1, 2]}), tmp_path / "own.parquet")
    with pytest.raises(
        ReaderError, match=r"no column of image files; its columns are text \(string\), label \(int64\)"
    ):
        collect(parquet_files, tmp_path / "own.parquet")
    write(tmp_path / "own.parquet", 3)
    with pytest.raises(ReaderError, match="called 'photo' of image files"):
        collect(parquet_files, tmp_path / "own.parquet", Options(image_column="photo"))


def test_half_a_file_is_refused(tmp_path) -> None:
    write(tmp_path / "own.parquet", 3)
    content = (tmp_path / "own.parquet").read_bytes()
    (tmp_path / "own.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(ReaderError, match=r"own\.parquet is damaged"):
        collect(parquet_files, tmp_path / "own.parquet")
