"""The address: it opens a view, and nonsense in it gives way to the default."""

from pathlib import Path

import pytest

from tests.helpers.app import open_page
from tests.helpers.browser_messages import sent
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("beta", "hot"), ("vae", "gone"), ("latent", "900"), ("images", "7"), ("run", "0"), ("before", "../..")],
)
def test_nonsense_in_the_address_gives_way_to_the_default(parameter: str, value: str, shipped: Path) -> None:
    app = open_page(pages.LATENT_SPACES, **{parameter: value})
    assert app.selectbox(key="vae").value == "vae-2d"
    assert app.select_slider(key="beta").value == 1.0
    assert sent(app)[0]["count"] == 10_000


def test_the_address_opens_a_view(shipped: Path) -> None:
    app = open_page(pages.SAMPLES, beta="3.5", vae="vae-20d", ae="ae-20d")
    assert app.select_slider(key="beta").value == 3.5
    assert app.selectbox(key="vae").value == "vae-20d"
