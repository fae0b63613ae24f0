"""Names in the order that people expect, without what systems leave behind, and none that leads outside."""

import pytest

from vae.data.readers.collection import ReaderError
from vae.data.readers.listing import is_junk, naturally_sorted, safe_path, shown


def test_numbers_are_sorted_as_numbers_and_letters_of_either_size_together() -> None:
    names = {"10.png", "2.png", "02.png", "img100a", "img20b", "Img3", "b/1.png", "b/10.png", "b-1.png", "B/2.png"}
    assert naturally_sorted(names) == [
        *("02.png", "2.png", "10.png", "b-1.png", "b/1.png", "B/2.png", "b/10.png"),
        *("Img3", "img20b", "img100a"),
    ]


@pytest.mark.parametrize(
    "path",
    [
        *(".DS_Store", "cats/Thumbs.db", "__MACOSX/cats/._1.png", "cats/._1.png", "a/.ipynb_checkpoints/1.png"),
        *("desktop.ini", ".git/objects/1.png", "@eaDir/1.png"),
    ],
)
def test_junk_is_told(path: str) -> None:
    assert is_junk(path)


@pytest.mark.parametrize("path", ["cats/1.png", "thumbs.db.png", "a.b/c..png", "my__MACOSX/1.png"])
def test_what_looks_a_little_like_junk_is_none(path: str) -> None:
    assert not is_junk(path)


@pytest.mark.parametrize(
    ("path", "safe"), [("./cats/1.png", "cats/1.png"), ("cats\\1.png", "cats/1.png"), ("cats//1.png", "cats/1.png")]
)
def test_superfluous_parts_of_a_path_are_dropped(path: str, safe: str) -> None:
    assert safe_path(path, "a.zip") == safe


@pytest.mark.parametrize(
    "path",
    ["../1.png", "cats/../../1.png", "/etc/passwd", "C:\\1.png", "c:1.png", "..\\1.png", "\\\\host\\1", "a" * 5000],
)
def test_a_path_that_leads_outside_is_refused(path: str) -> None:
    with pytest.raises(ReaderError, match=r"^a\.zip holds a file that would lie outside of it, .*\.$"):
        safe_path(path, "a.zip")


def test_a_path_in_a_sentence_is_short_and_printable() -> None:
    assert shown("a\nb\x1b[31m.png") == "a?b?[31m.png"
    assert len(shown("a" * 500)) == 80
