"""CSV files with an image a row, as competitions, repositories and pandas write them."""

import io
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.array_files import images, smooth_colours
from tests.helpers.reading import collect, named_labels, pictures
from tests.helpers.source_files import FakeFiles
from vae.data.readers import csv_files, csv_table
from vae.data.readers.collection import ReaderError, UnreadableImageError
from vae.data.readers.files import Options

LABELS = [3, 0, 10, 3, 2]


def write(path: Path, header: str, rows: list[list], delimiter: str = ",", encoding: str = "utf-8") -> None:
    lines = [header] * bool(header) + [delimiter.join(map(str, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)


def digits() -> np.ndarray:
    """Five images of 8 × 8 pixels with black corners."""
    values = images(5, 8, 8)
    values[:, 0, 0] = values[:, 7, 7] = 0
    return values


def rows(first: bool = True) -> list[list]:
    flat = digits().reshape(5, -1).tolist()
    return [[label, *row] if first else [*row, label] for label, row in zip(LABELS, flat, strict=True)]


@pytest.mark.parametrize(
    ("header", "first", "delimiter", "encoding"),
    [
        ("label," + ",".join(f"pixel{i}" for i in range(64)), True, ",", "utf-8"),
        ("label," + ",".join(f"{r}x{c}" for r in range(1, 9) for c in range(1, 9)), True, ",", "utf-8"),
        ("label," + ",".join(map(str, range(64))), True, ",", "utf-8"),
        (",".join(map(str, range(65))), True, ",", "utf-8"),
        (",".join(f"attribute {i}" for i in range(1, 65)) + ",kind", False, ",", "utf-8"),
        ("Klasse;" + ";".join(f"p_{i}" for i in range(64)), True, ";", "utf-8-sig"),
        ("", True, ",", "utf-8"),
        ("", False, ",", "utf-8"),
        ("", False, "\t", "utf-8"),
        ("", True, "   ", "utf-8"),
        ("", True, ",", "utf-16"),
    ],
)
def test_headers_delimiters_and_places_of_the_label(
    header: str, first: bool, delimiter: str, encoding: str, tmp_path
) -> None:
    write(tmp_path / "own.csv", header, rows(first), delimiter, encoding)
    found = collect(csv_files, tmp_path / "own.csv")
    assert found.class_names == ("0", "2", "3", "10")
    assert named_labels(found) == [str(label) for label in LABELS]
    assert (pictures(found) == digits()).all()
    assert (pictures(found, [1, 4]) == digits()[[1, 4]]).all()
    assert found.name_of(0) == f"own.csv row {2 if header else 1}"


def test_images_that_are_not_square_are_told_by_the_names_of_their_columns(tmp_path) -> None:
    values = images(3, 10, 12)
    header = ",".join(f"{r}x{c}" for r in range(10) for c in range(12))
    write(tmp_path / "own.csv", header, values.reshape(3, -1).tolist())
    found = collect(csv_files, tmp_path / "own.csv")
    assert found.labels is None
    assert (pictures(found) == values).all()


def test_colours_and_text_labels_and_other_columns(tmp_path) -> None:
    values = smooth_colours(4, 12).reshape(4, -1).tolist()
    names = ("cat 10", "cat 2", "dog", "dog")
    table = [[i, names[i], i / 2 if i else "", *values[i]] for i in range(4)]
    header = "id,label,weight," + ",".join(f"pixel{i:04}" for i in range(432))
    write(tmp_path / "own.csv", header, table)
    found = collect(csv_files, tmp_path / "own.csv")
    assert named_labels(found) == list(names)
    assert found.class_names == ("cat 2", "cat 10", "dog")
    assert list(found.columns) == ["weight"]
    assert np.isnan(found.columns["weight"][0])
    assert found.columns["weight"][1:].tolist() == [0.5, 1, 1.5]
    assert (pictures(found) == smooth_colours(4, 12)).all()


def test_all_pixels_of_an_image_may_stand_in_one_column(tmp_path) -> None:
    spaced = [" ".join(map(str, image.reshape(-1))) for image in digits()]
    spaced[3] = spaced[3][:-9]
    table = [[label, f'"{pixels}"', "Training"] for label, pixels in zip(LABELS, spaced, strict=True)]
    write(tmp_path / "fer2013.csv", "emotion,pixels,Usage", table)
    found = collect(csv_files, tmp_path / "fer2013.csv")
    assert named_labels(found) == [str(label) for label in LABELS]
    assert set(found.columns["Usage"]) == {"Training"}
    assert (pictures(found, [0, 1, 2, 4]) == digits()[[0, 1, 2, 4]]).all()
    assert str(next(found.read([3]))).startswith("fer2013.csv row 5: column pixels has")


def test_a_test_file_without_labels_is_left_out_and_it_is_said(tmp_path) -> None:
    pixels = ",".join(f"pixel{i}" for i in range(64))
    write(tmp_path / "train.csv", f"label,{pixels}", rows())
    write(tmp_path / "test.csv", pixels, [row[1:] for row in rows()])
    write(tmp_path / "sample_submission.csv", "ImageId,Label", [[1, 0], [2, 0]])
    found = collect(csv_files, tmp_path)
    assert found.count == 5
    assert any("test.csv" in remark and "these have none" in remark for remark in found.remarks)
    assert any("sample_submission.csv holds no images" in remark for remark in found.remarks)
    write(tmp_path / "test.csv", f"label,{pixels}", rows())
    found = collect(csv_files, tmp_path)
    assert found.split is not None
    assert sorted(found.split.tolist()) == [0] * 5 + [2] * 5


def test_values_that_are_no_numbers_name_their_row_and_column(tmp_path) -> None:
    table = rows()
    table[1][3], table[3][5] = "dark", ""
    write(tmp_path / "own.csv", "label," + ",".join(f"pixel{i}" for i in range(64)), table)
    read = list(collect(csv_files, tmp_path / "own.csv").read(range(5)))
    errors = [str(one) for one in read if isinstance(one, UnreadableImageError)]
    assert errors == [
        "own.csv row 3: column pixel2 holds 'dark', which is no number.",
        "own.csv row 5: column pixel4 is empty.",
    ]
    assert isinstance(read[4], np.ndarray)
    assert (read[4] == digits()[4]).all()


def test_the_label_column_may_be_chosen(tmp_path) -> None:
    header = ",".join(f"pixel{i}" for i in range(64)) + ",writer,digit"
    write(tmp_path / "own.csv", header, [[*row, label] for label, row in zip("abcab", rows(False), strict=True)])
    assert collect(csv_files, tmp_path / "own.csv").class_names == ("a", "b", "c")
    chosen = collect(csv_files, tmp_path / "own.csv", Options(label_column="writer"))
    assert chosen.class_names == ("0", "2", "3", "10")
    with pytest.raises(ReaderError, match="no column 'colour'"):
        collect(csv_files, tmp_path / "own.csv", Options(label_column="colour"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sepal,petal,width,length,species\n5.1,3.5,1.4,0.2,setosa\n", "4 numbers a row"),
        ("a,b\n1,2\n", "2 numbers a row"),
        (",".join(["label", *(f"p{i}" for i in range(64))]) + "\n", "no rows"),
        (",".join(["label", *(f"p{i}" for i in range(64))]) + "\n," + ",".join("0" * 64) + "\n", "empty labels"),
        (",".join("0" * 64) + "\n" + ",".join("0" * 66) + "\n", "66 values in line 2 and 64"),
        (",".join(f"{r}x{c}" for r in range(9) for c in range(9) if r or c) + "\n0\n", "9 rows and 9 columns"),
    ],
)
def test_what_holds_no_images_is_refused_with_what_was_found(content: str, said: str, tmp_path) -> None:
    (tmp_path / "own.csv").write_text(content)
    with pytest.raises(ReaderError, match=said):
        pictures(collect(csv_files, tmp_path / "own.csv"))


def test_tables_of_file_names_and_other_text_are_left_to_other_readers(tmp_path) -> None:
    (tmp_path / "metadata.csv").write_text("file_name,label\na.png,cat\n")
    assert csv_files.recognised(FakeFiles(tmp_path), Options()) is None
    (tmp_path / "metadata.csv").unlink()
    (tmp_path / "notes.txt").write_text("These images were taken in June.\nThey are small.\n")
    assert csv_files.recognised(FakeFiles(tmp_path), Options()) is None


def test_a_table_of_several_chunks_is_read_in_order(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(csv_table, "CELLS", 1_000 * 64)
    values = np.arange(4_000 * 64).reshape(-1, 64) * 7 % 251
    text = io.StringIO()
    np.savetxt(text, values, "%d", ",")
    (tmp_path / "own.csv").write_text(text.getvalue())
    found = collect(csv_files, tmp_path / "own.csv")
    some = [0, 500, 999, 1_000, 2_999, 3_000, 3_999]
    assert found.count == 4_000
    assert (pictures(found, some).reshape(-1, 64) == values[some]).all()


@pytest.mark.parametrize("blank", ["\n", "\r\n  \n"])
def test_blank_lines_before_the_header_are_passed_over(blank: str, tmp_path) -> None:
    path = tmp_path / "own.csv"
    write(path, "label," + ",".join(f"pixel{i}" for i in range(64)), rows())
    path.write_text(blank + path.read_text("utf-8"), "utf-8")
    found = collect(csv_files, path)
    assert (pictures(found) == digits()).all()
    assert named_labels(found) == list(map(str, LABELS))
