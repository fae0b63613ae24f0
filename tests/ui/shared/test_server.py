"""The server that sessions share."""

import gc
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.app import open_page
from tests.helpers.collections import collection
from vae.data.imported import example, shelf
from vae.data.imported.about import read_about, write_about
from vae.data.imported.importing import import_images
from vae.data.preparation.settings import Preparation, Split
from vae.folders import ROOT
from vae.ui.compare.latent_map import map_images
from vae.ui.frame import pages
from vae.ui.shared import memory, server


def test_no_page_waits_for_a_collection_of_what_the_server_has_imported(fresh: None, shipped: Path) -> None:
    options = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert options["runner"]["postScriptGC"] is False
    open_page(pages.BETA_TRANSLATOR)
    gc.unfreeze()
    gc.collect()
    memory.settle()
    assert gc.get_freeze_count() > 100_000


def bring(value: int, classes: tuple[str, str] = ("cat", "dog")) -> None:
    images = [np.full((8, 8), value + row, np.uint8) for row in range(40)]
    known = {"labels": np.arange(40) % 2, "class_names": classes}
    import_images(collection(images, **known), Preparation(8, 8), Split(), "pets", "Pets")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path))
    return tmp_path


def test_what_is_kept_of_a_set_goes_with_it(own: Path) -> None:
    bring(10)
    dataset, dots = server.dataset("pets"), map_images("pets", server.version("pets"), "test", 4)
    shelf.delete("pets")
    bring(10, ("cat", "hound"))
    later = replace(read_about("pets"), created="2100-01-01T00:00:00+00:00")  # it is told to the second
    write_about(own / "pets", later)
    assert server.dataset("pets").fingerprint == dataset.fingerprint
    assert server.dataset("pets").class_names == ("cat", "hound")
    shelf.delete("pets")
    bring(90)
    assert map_images("pets", server.version("pets"), "test", 4) != dots


def test_the_example_is_imported_when_it_is_asked_for_and_again_after_it_was_deleted(own: Path) -> None:
    first = server.dataset(example.NAME)
    assert server.dataset(example.NAME) is not None
    shelf.delete(example.NAME)
    assert server.dataset(example.NAME).fingerprint == first.fingerprint
    assert shelf.is_here(example.NAME)
