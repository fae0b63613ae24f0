"""Images of a collection in batches: in order, without the unreadable ones, and prepared like those of a data set."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.collections import collection, squares
from vae.data.imported.about import ImportedSetError
from vae.data.imported.importing import import_images
from vae.data.preparation.prepared import Prepared, light_ground, preparation_like
from vae.data.preparation.settings import Preparation, Split
from vae.data.preparation.steps import prepare
from vae.data.readers.collection import ReaderError, UnreadableImageError

BROKEN = UnreadableImageError("2.png is cut short.")


def test_batches_have_the_images_in_order_without_those_that_cannot_be_read() -> None:
    stored = [np.full((8, 8), 10 * row, np.uint8) for row in range(7)]
    images = Prepared(collection([*stored[:2], BROKEN, *stored[3:]]), Preparation(8, 8))
    found = list(images.batches(4))
    assert [batch.rows.tolist() for batch in found] == [[0, 1, 3, 4], [5, 6]]
    assert found[1].names == ["image 5", "image 6"]
    assert torch.cat([batch.images for batch in found])[:, 0, 0, 0].tolist() == [0, 10, 30, 40, 50, 60]
    assert images.unreadable == ["2.png is cut short."]
    with pytest.raises(ReaderError, match=r"2\.png is cut short"):
        list(Prepared(collection([BROKEN]), Preparation(8, 8)).batches(4))


def test_images_are_prepared_as_those_of_an_imported_set_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path))
    settings = Preparation(12, 10, fit="crop", invert=True, low=20, high=220)
    import_images(squares(40), settings, Split(), "few", "Few")
    assert preparation_like("few", (1, 12, 10), squares(3)) == settings
    with pytest.raises(ImportedSetError, match="There are no images called 'others'"):
        preparation_like("others", (1, 12, 10), squares(3))


def test_for_a_set_of_the_project_size_and_colour_are_its_own_and_the_range_is_that_of_the_images() -> None:
    values = [np.random.default_rng(row).random((20, 20, 3)) for row in range(5)]
    settings = preparation_like("mnist", (1, 28, 28), collection(values))
    assert (settings.image_shape, settings.low, settings.high) == ((1, 28, 28), 0, 1)
    assert prepare(values[0], settings).std() > 20


def test_a_light_ground_is_told_of_for_sets_whose_own_is_black() -> None:
    dark = torch.zeros(5, 1, 8, 8, dtype=torch.uint8)
    assert light_ground("mnist", dark) == ""
    assert "--invert turns them" in light_ground("mnist", 255 - dark)
    assert light_ground("few", 255 - dark) == ""
