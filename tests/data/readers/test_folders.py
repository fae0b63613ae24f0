"""Pictures in folders, with what folders, names and tables say of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.sources import folder_of, picture, tar_of, zip_of
from vae.data.readers.collection import Collection, ReaderError, UnreadableImageError
from vae.data.readers.files import Options
from vae.data.readers.folder_files import FolderFiles
from vae.data.readers.folders import recognised
from vae.data.readers.source import Source
from vae.data.readers.tar_files import TarFiles
from vae.data.readers.zip_files import ZipFiles

SOURCES: list[Callable[[Path, Mapping[str, bytes]], Source]] = [
    lambda path, files: FolderFiles(folder_of(path / "images", files)),
    lambda path, files: ZipFiles(zip_of(path / "images.zip", files)),
    lambda path, files: TarFiles(tar_of(path / "images.tar", files)),
    lambda path, files: TarFiles(tar_of(path / "images.tgz", files, "w:gz")),
]


def read(tmp_path: Path, files: Mapping[str, bytes], options: Options | None = None) -> Collection:
    found = recognised(FolderFiles(folder_of(tmp_path / "images", files)), options or Options())
    assert found is not None
    return found


def grey(found: Collection) -> list[int]:
    """The grey value of every picture, which are of one value each; -1 for one that cannot be read."""
    images = found.read(range(found.count))
    return [int(image.flat[0]) if isinstance(image, np.ndarray) else -1 for image in images]


def named(*names: str) -> dict[str, bytes]:
    return {name: picture(value) for value, name in enumerate(names, start=1)}


@pytest.mark.parametrize("source", SOURCES)
def test_a_folder_is_a_class_in_every_kind_of_source(source: Callable, tmp_path: Path) -> None:
    files = named("10/1.png", "10/2.png", "2/1.png", "2/10.jpg.png", "cat/1.PNG", "cat/2.png")
    with source(tmp_path, files | {".DS_Store": b"x", "cat/Thumbs.db": b"x", "readme.txt": b"hello"}) as opened:
        found = recognised(opened, Options())
        assert found is not None
        assert found.class_names == ("2", "10", "cat")
        assert found.labels is not None
        assert found.labels.tolist() == [0, 0, 1, 1, 2, 2]
        assert grey(found) == [3, 4, 1, 2, 5, 6]
        assert found.name_of(1) == "2/10.jpg.png"
        assert found.layout == "Pictures in folders, of which each is a class."
        assert found.split is None
        assert "Hidden files and files of the system were left out: 2, such as" in found.remarks[0]
        assert found.remarks[1] == "Files that are no pictures were left out: 1, such as readme.txt."


@pytest.mark.parametrize("source", SOURCES)
def test_pictures_at_any_rows_are_read_without_the_others(
    source: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = named(*(f"{row}.png" for row in range(200)))
    with source(tmp_path, files) as opened:
        found = recognised(opened, Options())
        assert found is not None
        assert found.labels is None
        asked: list[str] = []
        real = opened.read

        def recorded(path: str, most: int) -> bytes:
            asked.append(path)
            return real(path, most)

        monkeypatch.setattr(opened, "read", recorded)
        rows = np.linspace(0, 199, 24).astype(int).tolist()
        assert [int(np.asarray(image).flat[0]) for image in found.read(rows)] == [row + 1 for row in rows]
        assert asked == [f"{row}.png" for row in rows]


def test_given_parts_are_kept_at_the_top_and_below_each_class(tmp_path: Path) -> None:
    for folder, pattern in (("a", "set/{part}/{label}/{row}.png"), ("b", "set/{label}/{part}/{row}.png")):
        names = [
            pattern.format(part=part, label=label, row=row)
            for part in ("Train", "valid", "test")
            for label in ("cat", "dog")
            for row in range(2)
        ]
        found = read(tmp_path / folder, named(*names))
        assert found.class_names == ("cat", "dog")
        assert found.split is not None
        assert found.split.dtype == np.uint8
        for row in range(found.count):
            name = found.name_of(row)
            assert found.split[row] == ("Train" not in name) + ("test" in name)
            assert found.labels is not None
            assert found.labels[row] == ("dog" in name)


def test_validation_without_test_is_the_test_and_a_part_alone_is_none(tmp_path: Path) -> None:
    found = read(tmp_path / "a", named("train/cat/1.png", "train/dog/1.png", "val/cat/1.png", "val/dog/1.png"))
    assert found.split is not None
    assert found.split.tolist() == [0, 0, 2, 2]
    assert "The images to validate with are the test images." in found.remarks
    alone = read(tmp_path / "b", named("train/cat/1.png", "train/dog/1.png"))
    assert (alone.split, alone.class_names) == (None, ("cat", "dog"))


def test_pictures_outside_the_parts_or_the_classes_are_left_out_and_counted(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        named("train/cat/1.png", "train/dog/1.png", "train/dog/2.png", "test/1.png", "extra/1.png", "extra/2.png"),
    )
    assert (found.count, found.split, found.class_names) == (3, None, ("cat", "dog"))
    assert "Pictures in no folder of a part were left out: 2." in found.remarks
    assert "Pictures in the folder of no class were left out: 1." in found.remarks


def test_deep_folders_say_which_level_is_the_class(tmp_path: Path) -> None:
    found = read(tmp_path, named("all/Greek/alpha/1.png", "all/Greek/beta/1.png", "all/Latin/a/1.png"))
    assert found.class_names == ("Greek", "Latin")
    assert found.remarks == (
        "Folders lie in folders: of all/Greek/alpha the class is Greek, and what lies deeper is not told apart.",
    )


def test_folders_of_one_picture_each_or_one_folder_are_no_classes(tmp_path: Path) -> None:
    found = read(tmp_path / "a", named(*(f"{row}/picture.png" for row in range(30))))
    assert (found.labels, found.layout) == (None, "Pictures without classes.")
    assert "not taken for classes" in found.remarks[0]
    assert read(tmp_path / "b", named("all/1.png", "all/2.png")).labels is None


def test_what_is_called_a_picture_and_is_none_is_told_when_it_is_read(tmp_path: Path) -> None:
    files = named("1.png", "2.png", "3.png") | {"2.png": b"MZ a program", "x.gif": b"MZ", "photo": picture(9, "JPEG")}
    found = read(tmp_path, files)
    assert [found.name_of(row) for row in range(found.count)] == ["1.png", "2.png", "3.png", "photo"]
    assert grey(found)[:3] == [1, -1, 3]
    (error,) = (image for image in found.read([1]) if isinstance(image, UnreadableImageError))
    assert str(error) == "2.png is no picture but a program; choose PNG, JPEG, GIF, BMP, WebP or TIFF files."
    assert "Files that are called .gif but are no pictures were left out: 1, such as x.gif." in found.remarks


def test_a_picture_that_is_damaged_in_an_archive_leaves_the_others(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", named("1.png", "2.png", "3.png"), 0)
    content = bytearray(path.read_bytes())
    content[content.index(b"2.png") + 25] ^= 0xFF
    path.write_bytes(content)
    found = recognised(ZipFiles(path), Options())
    assert found is not None
    assert grey(found) == [1, -1, 3]


def test_a_table_gives_columns_and_the_classes_that_folders_do_not(tmp_path: Path) -> None:
    table = "\ufefffile_name;Weight;note;label\r\nb\\1.png;1,5;héllo;10\r\n./2.png;;;2\r\ngone.png;1;;2\r\n"
    files = named("b/1.png", "2.png", "3.png") | {"metadata.csv": table.encode()}
    found = read(tmp_path, files)
    assert (found.count, found.class_names) == (2, ("2", "10"))
    assert found.labels is not None
    assert found.labels.tolist() == [0, 1]
    assert found.layout == "Pictures with their class in a table."
    assert list(found.columns) == ["Weight", "note"]
    assert np.array_equal(found.columns["Weight"], [np.nan, 1.5], equal_nan=True)
    assert found.columns["note"].tolist() == ["", "héllo"]
    assert "Pictures to which the table gives no class were left out: 1." in found.remarks
    assert "Pictures of which metadata.csv says nothing: 1 of 3." in found.remarks
    assert "Rows of metadata.csv that name no picture there is: 1." in found.remarks


def test_a_column_is_the_class_where_it_is_asked_for(tmp_path: Path) -> None:
    table = b"file_name\tcolour\tsplit\n1.png\tred\ttrain\n2.png\tblue\ttest\n3.png\tred\ttrain\n4.png\tred\ttest\n"
    files = named("a/1.png", "a/2.png", "b/3.png", "b/4.png") | {"about.tsv": table}
    found = read(tmp_path, files, Options(label_column="colour"))
    assert (found.class_names, found.labels is not None and found.labels.tolist()) == (("blue", "red"), [1, 0, 1, 1])
    assert found.split is not None
    assert found.split.tolist() == [0, 2, 0, 2]
    assert read(tmp_path, files).class_names == ("a", "b")
    with pytest.raises(ReaderError, match="No table has a column 'size'; there is colour, split"):
        read(tmp_path, files, Options(label_column="size"))


def test_a_pattern_gives_the_classes_before_folders_do(tmp_path: Path) -> None:
    files = named("a/cat_1.png", "a/dog_1.png", "b/cat_2.png", "b/other.png")
    found = read(tmp_path, files, Options(label_pattern="{label}_*.png"))
    assert (found.count, found.class_names) == (3, ("cat", "dog"))
    assert "Pictures that the pattern does not fit were left out: 1." in found.remarks
    with pytest.raises(ReaderError, match=r"fits no picture; the first is a/cat_1\.png"):
        read(tmp_path, files, Options(label_pattern="{label}-*.png"))
    one = read(tmp_path, files, Options(label_pattern="{label}_2.png"))
    assert one.labels is None
    assert "All pictures are of one class, which was left out." in one.remarks


def test_files_without_pictures_are_not_recognised(tmp_path: Path) -> None:
    for files in ({}, {"a.csv": b"label,pixel0\n1,2\n"}, {"a.png": b"%PDF", "b.png": b"%!PS-Adobe"}):
        path = folder_of(tmp_path / str(len(files)), files)
        path.mkdir(exist_ok=True)
        assert recognised(FolderFiles(path), Options()) is None


def test_fractions_and_too_many_values_are_a_column_and_no_classes(tmp_path: Path) -> None:
    files = named("a.png", "b.png", "c.png")
    table = b"file_name,label\na.png,0.5\nb.png,0.25\nc.png,1\n"
    found = read(tmp_path / "one", files | {"metadata.csv": table})
    assert found.labels is None
    assert found.columns["label"].tolist() == [0.5, 0.25, 1]
    assert any("are a column and no classes" in remark for remark in found.remarks)
    many = {f"{row}_x.png": picture(1) for row in range(1_100)}
    found = read(tmp_path / "two", many, Options(label_pattern="{label}_*"))
    assert found.labels is None
    assert len(np.unique(found.columns["label"])) == 1_100
