"""Samples and reconstructions: the same images and the same z through both models."""

from pathlib import Path

import pytest

from tests.helpers.app import charts, open_page, texts
from tests.helpers.in_view import MOST_WORDS, words_in_view
from vae.ui.frame import pages

pytestmark = pytest.mark.usefixtures("realism")


def test_samples_decode_the_same_images_and_the_same_z(shipped: Path) -> None:
    app = open_page(pages.SAMPLES)
    halves = charts(app)
    assert [len(half["layout"]["images"]) for half in halves] == [18, 18]
    assert len(app.get("image")) == 6  # 64 samples of each of two pairs, and the manifolds of the compared one
    shares = {metric.label: metric.value for metric in app.metric}
    assert len(app.metric) == 4
    assert set(shares) == {"AE: realistic of 400", "VAE: realistic of 400"}
    assert texts(app).count("More of the **VAE**'s samples are realistic") == 2
    errors = [a["text"] for half in halves for a in half["layout"]["annotations"] if a["text"].startswith("0.0")]
    assert len(errors) >= 20
    assert "one draw of z each" in texts(app)
    assert words_in_view(app) <= MOST_WORDS


def test_the_manifold_is_for_two_dimensions_only(shipped: Path) -> None:
    app = open_page(pages.SAMPLES, ae="ae-20d", vae="vae-20d")
    assert len(app.get("image")) == 2
    assert len(app.metric) == 2
