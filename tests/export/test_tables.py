"""Tables: rows that come some at a time are read back as they were, from all three formats."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vae.export.place import ExportError, PlaceError
from vae.export.tables import FORMATS, flat, format_of, new_table

ROWS = [
    {
        "index": np.array([0, 1]),
        "file": np.array(["a, b.png", 'say "β".png']),
        "z": np.array([[0.1, -2], [1e-8, 3e7]], np.float32),
        "own": np.array([1 / 3, np.nan]),
    },
    {
        "index": np.array([2]),
        "file": np.array(["a much longer name\nin two lines"]),
        "z": np.array([[4, 5]], np.float32),
        "own": np.array([2.0]),
    },
]
WHOLE = {name: np.concatenate([rows[name] for rows in ROWS]) for name in ROWS[0]}


def written(tmp_path: Path, kind: str) -> Path:
    with new_table(tmp_path / f"out.{kind}", kind) as write:
        for rows in ROWS:
            write(rows)
    assert [path.name for path in tmp_path.iterdir()] == [f"out.{kind}"]
    return tmp_path / f"out.{kind}"


def test_npz_has_every_column_as_one_array(tmp_path: Path) -> None:
    with np.load(written(tmp_path, "npz"), allow_pickle=False) as found:
        assert list(found) == list(WHOLE)
        for name, values in WHOLE.items():
            np.testing.assert_array_equal(found[name], values)
            assert found[name].dtype.kind == values.dtype.kind


def test_parquet_has_a_column_for_each_dimension(tmp_path: Path) -> None:
    found = pd.read_parquet(written(tmp_path, "parquet"))
    assert list(found) == ["index", "file", "z1", "z2", "own"]
    for name, values in flat(WHOLE).items():
        np.testing.assert_array_equal(found[name].to_numpy(), values)
    assert found["z1"].dtype == np.float32


def test_csv_brings_back_every_number_and_text(tmp_path: Path) -> None:
    with written(tmp_path, "csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    for name, values in flat(WHOLE).items():
        texts = [row[name] for row in found]
        if values.dtype.kind == "U":
            assert texts == values.tolist()
        else:
            numbers = np.array([float(text or "nan") for text in texts]).astype(values.dtype)
            np.testing.assert_array_equal(numbers, values)
    assert found[1]["own"] == ""


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_without_rows_is_none(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="There is nothing to write"), new_table(tmp_path / "out", kind):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_end_of_a_name_says_the_format() -> None:
    assert [format_of(Path(name)) for name in ("a.parquet", "b.CSV", "c.d.npz")] == ["parquet", "csv", "npz"]
    with pytest.raises(PlaceError, match=r"end the name of a table in \.parquet, \.csv or \.npz"):
        format_of(Path("codes.xlsx"))
