"""The page of traversals: every dimension in turn, by KL or variance, page by page, dead ones named."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from safetensors.torch import load_file, save_file
from streamlit.testing.v1 import AppTest

from tests.test_pages import SHIPPED, open_page, texts
from vae.checkpoints import load
from vae.likelihood import kl_by_dimension
from vae.ui import resources

PAGE = "pages/12_traversal.py"


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


def names(app: AppTest, word: str) -> list[str]:
    (found,) = (one for one in app.get("plotly_chart") if one.proto.id.endswith(f"-traversal_{word}"))
    notes = [note["text"] for note in json.loads(found.proto.spec)["layout"]["annotations"]]
    return [text for text in notes if text.startswith("<b>z")]


@pytest.mark.parametrize("around", ["image", "mean"])
def test_a_row_for_each_of_two_dimensions(around: str, copies: Path) -> None:
    app = open_page(PAGE, traversal_reach="6.0")
    app.segmented_control(key="traversal_around").set_value(around).run()
    assert {word: len(names(app, word)) for word in ("ae", "vae")} == {"ae": 2, "vae": 2}
    assert all("nats" in text for text in names(app, "vae"))
    assert not any("nats" in text for text in names(app, "ae"))
    assert "none is dead" in texts(app)
    assert ("here 0σ" in names(app, "vae")[0]) == (around == "mean")


def test_twenty_dimensions_are_sorted_by_kl_and_turned_page_by_page(copies: Path) -> None:
    app = open_page(PAGE, ae="ae-20d", vae="vae-20d")
    model = resources.trained(load("vae-20d"))
    assert model.deviations is not None
    order = (-kl_by_dimension(model.codes, model.deviations)).argsort()
    seen = names(app, "vae")
    assert len(seen) == 5
    next(widget for widget in app.number_input if widget.label == "Page of 4").set_value(4).run()
    seen += names(app, "vae")
    order = [*order[:5], *order[-5:]]
    assert [text.split("</b>")[0].split(",")[0] for text in seen] == [f"<b>z{index + 1}" for index in order]
    app = open_page(PAGE, ae="ae-20d", vae="vae-20d", traversal_size="20")
    assert len(names(app, "vae")) == len(names(app, "ae")) == 20


def test_models_of_two_sizes_and_a_page_that_one_of_them_lacks(copies: Path) -> None:
    app = open_page(PAGE, ae="ae-2d", vae="vae-20d")
    next(widget for widget in app.number_input if widget.label == "Page of 4").set_value(3).run()
    assert not app.exception
    assert "none on this page of the list" in texts(app)
    assert len(names(app, "vae")) == 5


def test_a_dead_dimension_is_called_dead(copies: Path) -> None:
    path = copies / "vae-20d" / "model.safetensors"
    weights = load_file(path)
    for head in ("mean", "log_variance"):
        weights[f"{head}.weight"][11] = 0
        weights[f"{head}.bias"][11] = 0
    before = open_page(PAGE, ae="ae-20d", vae="vae-20d")
    assert names(before, "vae")[0].startswith("<b>z12</b> · KL 2.")
    save_file(weights, path)
    after = open_page(PAGE, ae="ae-20d", vae="vae-20d", traversal_size="20")
    assert any(text.startswith("<b>z12, dead</b> · KL 0.00 nats") for text in names(after, "vae"))
    assert "z12" in next(text for text in texts(after).splitlines() if "dead:" in text).split("dead:")[1]
