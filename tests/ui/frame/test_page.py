"""Every page as Streamlit runs it, with the checkpoints that ship and with none, damaged ones and mismatched pairs."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.helpers.app import open_page, texts
from vae.storage.files import write_json
from vae.ui.frame import pages
from vae.ui.frame.pages import Page

PAGES = [page for group in pages.SECTIONS.values() for page in group]
pytestmark = pytest.mark.usefixtures("fresh")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_page_renders_the_shipped_models(page: Page, shipped: Path) -> None:
    app = open_page(page)
    assert app.title[0].value
    assert not app.error
    shown = [box.key for box in app.selectbox if box.key in ("ae", "vae")]
    assert shown == (["ae", "vae"] if page.compares else [])
    assert (app.session_state["ae"], app.session_state["vae"]) == ("ae-2d", "vae-2d")


def test_a_page_that_compares_no_models_keeps_those_that_others_compare(shipped: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR, vae="vae-20d", ae="gone")
    assert not [box for box in app.selectbox if box.key in ("ae", "vae")]
    app.number_input(key="latent").set_value(3).run()
    assert app.number_input(key="latent").value == 3
    app.switch_page(pages.SAMPLES.path).run()
    assert (app.selectbox(key="ae").value, app.selectbox(key="vae").value) == ("ae-2d", "vae-20d")
    app.selectbox(key="vae").set_value("vae-5d").run()
    app.switch_page(pages.BETA_TRANSLATOR.path).run()
    app.run()
    assert app.session_state["vae"] == "vae-5d"
    assert app.query_params["vae"] == "vae-5d"  # a reload of this page keeps it, too


def test_a_pair_of_different_latent_sizes_is_called_unfair(shipped: Path) -> None:
    app = open_page(pages.SAMPLES, ae="ae-2d", vae="vae-20d")
    assert "the two models do not decode the same z" in texts(app)
    assert "These two models differ in more than being AE and VAE" in texts(app)
    assert "latent size (2 and 20)" in texts(app)


def test_a_fair_pair_has_no_such_note(shipped: Path) -> None:
    assert "differ in more than being" not in texts(open_page(pages.LATENT_SPACES))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_with_no_checkpoint_every_page_says_what_to_do(page: Page, folder: Path) -> None:
    app = open_page(page)
    assert re.search("Retrain|train one|Nothing is imported yet|bring them back", texts(app))
    assert app.button(key="retrain").label == "Retrain"


@pytest.mark.parametrize("page", [pages.LATENT_SPACES, pages.RUNS], ids=lambda page: page.path)
def test_a_damaged_checkpoint_is_named_and_stops_nothing(page: Page, copies: Path) -> None:
    (copies / "vae-20d" / "config.json").write_text("{")
    app = open_page(page)
    assert "**vae-20d**: config.json is not JSON" in texts(app)
    assert "vae-20d" not in app.selectbox(key="vae").options


def test_weights_that_do_not_fit_are_an_error_in_words(copies: Path) -> None:
    shutil.copy(copies / "vae-20d" / "model.safetensors", copies / "vae-2d" / "model.safetensors")
    app = open_page(pages.LATENT_SPACES)
    assert "model.safetensors lacks the tensor" in texts(app)


def test_a_run_whose_images_are_not_those_of_its_data_is_an_error_in_words(copies: Path) -> None:
    config = json.loads((copies / "vae-2d" / "config.json").read_text())
    config["run"]["image_shape"] = [1, 32, 32]
    write_json(copies / "vae-2d" / "config.json", config)
    app = open_page(pages.SAMPLES)
    assert "vae-2d takes images of 1 × 32 × 32, and those of mnist have 1 × 28 × 28." in texts(app)


MEASURE = {"value": 0.5, "low": 0.4, "high": 0.6, "images": 10, "draws": 1, "higher_is_better": True}
ODD = {
    "a list": [1, 2],
    "numbers of nothing": {"likelihood": 5, "latents": [], "samples": "x", "active_units": {"kl": 3}},
    "samples of one number": {"samples": {"prior": {"frechet": MEASURE}, "mixture": {"kernel": MEASURE}, "x": {}}},
    "no interval": {"samples": {"prior": {"frechet": MEASURE | {"low": None}}, "mixture": {"frechet": {"value": 1}}}},
    "intervals turned round": {
        "likelihood": {"elbo": MEASURE | {"low": 2}},
        "samples": {"prior": {"frechet": MEASURE}},
    },
    "words": {
        "samples": {"prior": {"frechet": MEASURE | {"unit": 5, "meaning": None}}},
        "latents": {"![x](y)": MEASURE},
    },
}


@pytest.mark.parametrize("odd", ODD)
def test_numbers_that_make_no_sense_stop_no_page(odd: str, copies: Path) -> None:
    for name in ("vae-2d", "ae-2d"):
        metrics = json.loads((copies / name / "metrics.json").read_text())
        write_json(copies / name / "metrics.json", metrics | {"quality": ODD[odd]})
    for page in (pages.SAMPLES, pages.BETA, pages.RUNS):
        app = open_page(page)  # which says if there is an exception
        assert app.session_state["vae"] == "vae-2d"
