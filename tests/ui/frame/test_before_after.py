"""Before and after a retraining."""

from pathlib import Path

import pytest

from tests.helpers.app import charts, open_page
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("fresh")


def test_before_and_after_maps_codes_of_any_size(shipped: Path) -> None:
    app = open_page(pages.TRAINING, before="vae-2d", vae="vae-20d")
    titles = [a["text"] for a in charts(app)[0]["layout"]["annotations"][:2]]
    assert titles == ["vae-2d, as they are", "vae-20d, PCA"]
    assert len(app.get("image")) == 2
