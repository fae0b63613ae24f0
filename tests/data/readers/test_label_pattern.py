"""A pattern finds classes in names, and a preview shows what it finds."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fuzzing import fuzzed
from tests.helpers.sources import folder_of, picture
from vae.data.readers.collection import ReaderError
from vae.data.readers.folder_files import FolderFiles
from vae.data.readers.label_pattern import labels_by, preview


@pytest.mark.parametrize(
    ("pattern", "name", "label"),
    [
        ("{label}_*.png", "cat_1_2.png", "cat"),
        ("{label}_*.png", "sub/cat_1.PNG", "cat"),
        ("{label}_#.jpg", "yorkshire_terrier_12.jpg", "yorkshire_terrier"),
        ("*_{label}.png", "img_7.png", "7"),
        ("*-{label}-*", "a-b-c-d.png", "b"),
        ("img#_{label}.png", "img007_x.png", "x"),
        ("{label}.*.jpg", "dog.12.jpg", "dog"),
        ("*/{label}/*", "data/cat/1.png", "cat"),
        ("a+b({label})*", "a+b(3).png", "3"),
        ("{label}_*.png", "cat-1.png", None),
        ("{label}_*.png", "_1.png", None),
        ("{label}*.png.png", "x.png.png.png", "x"),
    ],
)
def test_a_label_is_the_shortest_text_that_fits(pattern: str, name: str, label: str | None) -> None:
    assert labels_by(pattern, [name]) == [label]


@pytest.mark.parametrize("pattern", ["", "*.png", "{label}_{label}.png", "{Label}.png", "{label}" + "a" * 300])
def test_a_pattern_without_one_label_is_refused(pattern: str) -> None:
    with pytest.raises(ReaderError, match=r"must have one \{label\} where the class stands"):
        labels_by(pattern, ["cat_1.png"])


def test_a_pattern_of_many_stars_ends_soon() -> None:
    assert labels_by("*a*a*a*a*a*a{label}*a*a*a*a*a*b", ["a" * 255]) == [None]


@pytest.mark.fuzz
@fuzzed(few=200, many=2_000)
@given(st.text("{}label*#_./\\[(?+é1", max_size=20), st.text("label_1./é", max_size=30), st.booleans())
def test_any_pattern_is_refused_or_finds_labels_that_are_in_the_path(pattern: str, path: str, labelled: bool) -> None:
    try:
        (label,) = labels_by(pattern + "{label}" * labelled, [path])
    except ReaderError as error:
        assert str(error).endswith(".")
    else:
        assert label is None or label in path


def test_a_preview_shows_the_first_pictures_and_counts_classes(tmp_path: Path) -> None:
    names = ("10_a.png", "2_a.png", "2_b.png", "cover.png", "notes_1.txt")
    folder_of(tmp_path, dict.fromkeys(names, picture(1)) | {"notes_1.txt": b"hello"})
    found = preview(FolderFiles(tmp_path), "{label}_*", rows=3)
    assert found.first == (("2_a.png", "2"), ("2_b.png", "2"), ("10_a.png", "10"))
    assert (found.count, found.matched) == (4, 3)
    assert list(found.classes.items()) == [("2", 2), ("10", 1)]
