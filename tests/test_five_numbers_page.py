"""Five numbers: the ledger adds up, a number at its prior mean costs what the page says, the drawing comes along."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from tests.test_draw_page import draw, seven
from tests.test_pages import SHIPPED, charts, open_page, texts
from vae.checkpoints import load, load_model
from vae.data import Dataset
from vae.ledger import ledger, reconstruction_at
from vae.objectives import kl_divergence
from vae.sampling import encode_images
from vae.ui import resources

PAGE = "pages/7_five_numbers.py"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    resources.trainer().close()
    st.cache_resource.clear()


@pytest.fixture
def five(folder: Path) -> Path:
    for name in ("ae-2d", "vae-2d", "ae-5d", "vae-5d"):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


def test_the_ledger_is_the_objectives_terms_of_this_image(mnist: Dataset) -> None:
    image = mnist.test_images[3:4]
    checkpoint = load("vae-5d")
    model = load_model(checkpoint)
    found = ledger(model, image, checkpoint.config, np.zeros(5, np.float32), draws=400)
    with torch.no_grad():
        mean, log_variance = model.posterior(image / 255)
        assert log_variance is not None
        noise = torch.Generator().manual_seed(1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn(2_000, 5, generator=noise)
        drawn = reconstruction_at(model, image, z.numpy(), checkpoint.config)
        assert found.kl is not None
        np.testing.assert_allclose(found.kl, kl_divergence(mean, log_variance)[0], rtol=1e-4)
    assert abs(found.reconstruction - drawn.mean()) < 5 * drawn.std() / 400**0.5
    without = mean[0].numpy().copy()
    without[2] = 0
    lost = reconstruction_at(model, image, np.stack([without, mean[0].numpy()]), checkpoint.config)
    np.testing.assert_allclose(found.lost[2], lost[0] - lost[1], atol=1e-3)
    # Without any of what it says about this image, the decoder does worse.
    assert found.lost.max() > 5


def sliders(app: AppTest, name: str) -> list:
    return [one for one in app.slider if str(one.key).startswith(f"five_{name}_")]


def test_the_five_number_models_are_shown_whatever_the_sidebar_compares(five: Path, mnist: Dataset) -> None:
    app = open_page(PAGE)
    assert "784 pixels → 5 numbers" in [one.value for one in app.subheader]
    assert "157 to 1" in texts(app)
    for name in ("ae-5d", "vae-5d"):
        code = encode_images(load_model(load(name)), mnist.test_images[:1])[0]
        np.testing.assert_allclose([one.value for one in sliders(app, name)], code, atol=1e-4)
    assert [len(chart["data"]) for chart in charts(app)][-2:] == [1, 2]  # the AE's bars have no KL
    app = open_page(PAGE, five_models="the sidebar's models")
    assert len(sliders(app, "vae-2d")) == 2


def test_a_number_at_its_prior_mean_loses_what_the_ledger_says(five: Path, mnist: Dataset) -> None:
    app = open_page(PAGE)
    checkpoint = load("vae-5d")
    found = ledger(load_model(checkpoint), mnist.test_images[:1], checkpoint.config, np.zeros(5, np.float32))
    worst = int(found.lost.argmax())
    key = str(sliders(app, "vae-5d")[worst].key)
    app.button(key=f"{key}_rest").click().run()
    assert not app.exception
    assert app.slider(key=key).value == 0
    said = f"({found.lost[worst]:+.1f})"
    captions = [caption for image in app.get("image") for caption in (one.caption for one in image.proto.imgs)]
    assert any(said in caption for caption in captions), captions
    app.button(key=f"{key}_back").click().run()
    assert app.slider(key=key).value == pytest.approx(
        float(encode_images(load_model(checkpoint), mnist.test_images[:1])[0, worst]), abs=1e-4
    )


def test_without_them_the_sidebars_pair_is_shown_and_the_page_says_so(folder: Path) -> None:
    for name in ("ae-20d", "vae-20d"):
        shutil.copytree(SHIPPED / name, folder / name)
    app = open_page(PAGE)
    assert "these are the sidebar's" in texts(app)
    assert len(sliders(app, "vae-20d")) == 10
    assert "10 of 20 numbers" in texts(app)


def test_the_drawing_comes_along_from_its_page(five: Path) -> None:
    app = open_page(PAGE, five_image="your drawing")
    assert "Nothing is drawn yet" in app.info[0].value
    app.switch_page("pages/8_draw.py").run()
    draw(app, seven())
    app.switch_page(PAGE).run()
    app.segmented_control(key="five_image").set_value("your drawing").run()
    assert not app.exception
    assert not app.info
    assert len(sliders(app, "vae-5d")) == 5
