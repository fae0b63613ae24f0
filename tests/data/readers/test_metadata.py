"""Tables beside pictures are read as spreadsheets and scripts write them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fuzzing import fuzzed
from tests.helpers.sources import folder_of
from vae.data.readers.collection import ReaderError
from vae.data.readers.folder_files import FolderFiles
from vae.data.readers.metadata import read_metadata

PATHS = ["train/1.png", "train/2.png", "test/1.png", "test/unique.png"]
EVERY = np.arange(4)


def read(tmp_path: Path, files: dict[str, bytes]):
    found = read_metadata(FolderFiles(folder_of(tmp_path, files)), PATHS)
    assert found is not None
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_and_encoding_is_read(delimiter: str, encoding: str, tmp_path: Path) -> None:
    rows = [("File_Name", "size", "née"), ("train/2.png", "-1e3", "Zoë; a,b|c\td"), ("train\\1.png", "nan", "")]
    lines = "\r\n".join(delimiter.join(f'"{value}"' for value in row) for row in rows)
    found = read(tmp_path, {"metadata.csv": lines.encode(encoding)})
    columns = found.columns(EVERY)
    assert np.array_equal(columns["size"], [np.nan, -1000, np.nan, np.nan], equal_nan=True)
    assert columns["size"].dtype == np.float64
    assert columns["née"].tolist() == ["", "Zoë; a,b|c\td", "", ""]


def test_paths_are_of_the_tables_folder_or_of_the_source_or_names_alone(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "train/metadata.csv": b"file_name,a\n1.png,1\n../test/1.png,3\n../../1.png,9\n",
            "metadata.csv": b"file_name,a\ntrain/2.png,2\nsomewhere/else/unique.png,4\n1.png,8\n",
        },
    )
    assert found.columns(EVERY)["a"].tolist() == [1, 2, 3, 4]
    assert found.unknown == 2


def test_numbers_and_texts_that_are_strange_are_kept_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        b"file_name,huge,text,none,, x ,",
        b"train/1.png,1e999," + b"t" * 900 + b",,1,2,3,4,5",
        b"",
        b"train/2.png",
    ]
    found = read(tmp_path, {"metadata.csv": b"\n".join(lines)})
    columns = found.columns(EVERY)
    assert list(columns) == ["text", "column 5", "x", "column 7"]
    assert len(columns["text"][0]) == 200
    monkeypatch.setattr("vae.data.readers.metadata.MOST_VALUES", 8)
    found = read(tmp_path, {"metadata.csv": b"\n".join(lines)})
    assert list(found.columns(EVERY)) == ["text"]
    assert "there are too many values" in found.remarks[0]


@pytest.mark.fuzz
@fuzzed(few=100, many=2_000)
@given(
    st.sampled_from([b"file_name,a\n", b"\xef\xbb\xbffile_name;a;a\r\n", "file_name\tä\n".encode("utf-16")]),
    st.binary(),
)
def test_any_bytes_below_a_header_are_read_or_refused(tmp_path: Path, head: bytes, rest: bytes) -> None:
    for content in (head + rest, head + b"1.png," + rest, head + b'unique.png;"' + rest):
        try:
            columns = read(tmp_path, {"metadata.csv": content}).columns(EVERY)
        except ReaderError as error:
            assert str(error).endswith(".")
        else:
            assert all(len(values) == 4 for values in columns.values())


def test_a_table_that_is_damaged_is_told_and_one_without_names_is_none(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"metadata\.csv is damaged \(field larger than field limit"):
        read(tmp_path, {"metadata.csv": b'file_name,a\n"' + b"x" * 200_000})
    folder_of(tmp_path, {"metadata.csv": b"name,a\n1,2\n"})
    assert read_metadata(FolderFiles(tmp_path), PATHS) is None
