"""The imported sets of this machine: titles, names, deletion, and how much they hold."""

import shutil
from pathlib import Path

import pytest

from tests.helpers.collections import squares
from vae.data.imported.about import ImportedSetError, read_about, usable_name
from vae.data.imported.importing import import_images
from vae.data.imported.shelf import delete, is_here, list_imported, quota, retitle, title, used
from vae.data.preparation.settings import Preparation, Split


def put(name: str, title: str) -> None:
    import_images(squares(20), Preparation(8, 8), Split(), name, title)


def test_sets_are_listed_by_title_and_damaged_ones_with_the_reason(shelf: Path) -> None:
    assert list_imported() == ([], [])
    put("one", "Zebras")
    put("two", "apples")
    (shelf / "three").mkdir()
    (shelf / "three" / "about.json").write_text("[]")
    (shelf / ".hidden").mkdir()
    (shelf / "Not a set").mkdir()
    sound, damaged = list_imported()
    assert [about.title for about in sound] == ["apples", "Zebras"]
    assert [one.name for one in damaged] == ["three"]
    assert "The images called 'three' are damaged" in damaged[0].reason
    assert is_here("three")
    delete("three")
    assert not is_here("three")


def test_titles_change_and_names_stay(shelf: Path) -> None:
    put("mine", "Mine")
    before = read_about("mine")
    retitle("mine", "  Häuser ")
    assert title("mine") == "Häuser"
    assert read_about("mine").fingerprint == before.fingerprint
    for wrong in ("", " ", "x" * 61, "a\nb"):
        with pytest.raises(ImportedSetError, match="A title has 1 to 60 printable characters"):
            retitle("mine", wrong)
    assert (title("mnist"), title("gone")) == ("MNIST", "gone")


def test_deleting_twice_is_a_sentence_and_takes_nothing_else(shelf: Path) -> None:
    put("one", "One")
    put("two", "Two")
    taken = used()
    delete("one")
    assert used() == pytest.approx(taken / 2, rel=0.1)
    with pytest.raises(ImportedSetError, match="There are no images called 'one'"):
        delete("one")
    with pytest.raises(ImportedSetError, match="is no name"):
        delete("../two")
    assert is_here("two")
    shutil.rmtree(shelf)
    assert used() == 0


@pytest.mark.parametrize(("text", "found"), [("", 10e9), ("0.5", 5e8)])
def test_the_quota_is_settable(text: str, found: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_IMPORTED_GB", text)
    assert quota() == found


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "ten"])
def test_a_quota_that_is_no_number_is_a_sentence(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_IMPORTED_GB", text)
    with pytest.raises(ImportedSetError, match="give the gigabytes as a number above 0"):
        quota()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My Photos (2).zip", "my-photos-2-zip"),
        ("mnist", "own-mnist"),
        ("ß", "images"),
        ("Clothes", "own-clothes"),
        ("x" * 99, "x" * 40),
    ],
)
def test_any_text_gives_a_usable_name(text: str, name: str) -> None:
    assert usable_name(text) == name
