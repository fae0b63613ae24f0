"""The page of random latents: sorted walls, a temperature, nearest training images, a tray and its downloads."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.test_pages import SHIPPED, open_page, texts
from vae.ui import resources, wall

PAGE = "pages/10_random_latents.py"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    resources.trainer().close()
    st.cache_resource.clear()


@pytest.fixture
def copies(folder: Path) -> Path:
    for name in ("ae-2d", "vae-2d", "ae-20d", "vae-20d"):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


def walls(app: AppTest) -> list[dict]:
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


@pytest.mark.parametrize("size", ["2d", "20d"])
def test_both_walls_are_read_and_sorted(size: str, copies: Path) -> None:
    app = open_page(PAGE, ae=f"ae-{size}", vae=f"vae-{size}", random_count="36")
    found = walls(app)
    assert [one["title"].split(",")[0] for one in found] == [f"AE: ae-{size}", f"VAE: vae-{size}"]
    for one in found:
        assert len(one["images"]) == 36
        percent = [float(image["text"].split("·")[1].strip(" %")) for image in one["images"]]
        assert percent == sorted(percent, reverse=True)
        assert percent[-1] < 90 < percent[0]
    assert "classes are among them" in texts(app)


def test_without_temperature_every_sample_is_the_decoded_mean(copies: Path) -> None:
    cold, warm = (walls(open_page(PAGE, temperature=temperature)) for temperature in ("0.0", "1.0"))
    for one, other in zip(cold, warm, strict=True):
        assert len({image["source"] for image in one["images"]}) == 1
        assert len({image["source"] for image in other["images"]}) > 30


@pytest.mark.parametrize("sampler", ["gaussian", "mixture"])
def test_fitted_samplers_at_extremes(sampler: str, copies: Path) -> None:
    app = open_page(PAGE, random_sampler=sampler, temperature="2.0", random_count="16")
    assert [len(one["images"]) for one in walls(app)] == [16, 16]
    assert not app.error


def test_picked_samples_are_kept_once_and_shown_beside_their_nearest_training_images(copies: Path) -> None:
    app = open_page(PAGE, random_count="16")
    ae, vae = walls(app)
    app.session_state["wall_ae"] = {"picked": {"of": ae["of"], "indices": [0, 5]}}
    app.session_state["wall_vae"] = {"picked": {"of": vae["of"], "indices": [3]}}
    app.run()
    app.toggle(key="nearest").set_value(True).run()
    assert not app.exception
    charts = {element.proto.id.split("-")[-1]: json.loads(element.proto.spec) for element in app.get("plotly_chart")}
    assert [len(charts[f"nearest_{word}"]["layout"]["images"]) for word in ("AE", "VAE")] == [4, 2]
    assert "A test image, which no model has seen" in texts(app)
    for _ in range(2):
        app.button(key="keep").click().run()
    assert "Kept: 3 samples" in [heading.value for heading in app.subheader]
    # A new draw ends the picks, and the tray stays.
    app.number_input(key="random_seed").set_value(1).run()
    assert not [button for button in app.button if button.key == "keep"]
    assert "Kept: 3 samples" in [heading.value for heading in app.subheader]
    app.button(key="tray_empty").click().run()
    assert not [heading.value for heading in app.subheader if heading.value.startswith("Kept")]


@pytest.mark.parametrize("said", [None, [], {"of": "x"}, {"of": "x", "indices": "1"}, {"of": "y", "indices": [1]}])
def test_nonsense_from_the_browser_picks_nothing(said: object) -> None:
    assert wall.picked(said, "x", 5) == []
    assert wall.picked({"of": "x", "indices": [4, 1, 5, -1, "2", True, 1]}, "x", 5) == [1, 4]


def test_without_a_judge_the_walls_are_unsorted_and_say_so(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.ui.resources.judge_path", lambda name: copies / "no-judge")
    app = open_page(PAGE, random_count="16")
    assert "python -m vae judge --dataset mnist" in texts(app)
    assert "order of the draw" in texts(app)
    assert {image["text"] for one in walls(app) for image in one["images"]} == {""}


def test_models_of_two_latent_sizes_do_not_share_their_z(copies: Path) -> None:
    app = open_page(PAGE, ae="ae-2d", vae="vae-20d", random_count="16")
    assert "not decodes of the same z" in texts(app)
    assert np.unique([len(one["images"]) for one in walls(app)]) == [16]
