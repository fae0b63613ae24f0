"""The pages that generate, with models of one and three dimensions, images of three channels and extreme settings."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from tests.helpers.app import open_page, texts
from tests.helpers.images import blobs
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.ui.frame import pages
from vae.ui.shared import server

PAGES = (pages.RANDOM_LATENTS, pages.INTERPOLATION, pages.TRAVERSAL, pages.ARITHMETIC)
EXTREMES = {
    "random_sampler": "a mixture fitted to the codes",
    "temperature": "2.0",
    "path_kind": "spherical",
    "traversal_reach": "6.0",
    "traversal_around": "the mean code",
    "sum_strength": "2.0",
}


@pytest.fixture
def colourful(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    images = blobs((3, 8, 8))
    monkeypatch.setattr("vae.ui.shared.server.load_dataset", lambda name: images)
    st.cache_resource.clear()
    for model, latent_dim in (("ae", 1), ("vae", 3)):
        config = TrainConfig(model=model, latent_dim=latent_dim, epochs=1, hidden=(16,))
        for _ in record(train(config, images), f"{model}-small", config, images):
            pass
    yield
    server.trainer().close()
    st.cache_resource.clear()


@pytest.mark.usefixtures("colourful")
def test_they_draw_colours_and_any_latent_size_and_say_that_nothing_is_read() -> None:
    for page in PAGES:
        app = open_page(page, **EXTREMES)
        assert not app.error
        assert len(app.get("plotly_chart")) + len(app.get("bidi_component")) >= 2
        assert "differ in more than being AE and VAE" in texts(app)
        if page != pages.TRAVERSAL:
            assert "python -m vae judge --dataset mnist" in texts(app)
        shown = [json.loads(element.proto.json) for element in app.get("bidi_component")]
        assert {image["text"] for one in shown for part in one["parts"] for image in part["images"]} <= {""}
        assert [part["name"] for one in shown for part in one["parts"]] == [""] * len(shown)
        assert not {"classes read", "lowest probability", "read after"} & {
            name for frame in app.dataframe for name in frame.value
        }
