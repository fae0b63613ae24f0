"""Digits on demand as Streamlit runs it: the shipped model, every source of styles, the presets, and nothing there."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.test_pages import SHIPPED, charts, open_page, texts
from vae.conditional import ARTICLE
from vae.data import Dataset
from vae.ui import resources

PAGE = "pages/14_digits_on_demand.py"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    resources.trainer().close()
    st.cache_resource.clear()


@pytest.fixture
def copies(folder: Path) -> Path:
    for name in ("ae-2d", "vae-2d", "classifier-vae-10d"):
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


def rows(app: AppTest) -> dict:
    (found,) = (one for one in app.get("plotly_chart") if "demand_rows" in one.proto.id)
    return json.loads(found.proto.spec)["layout"]


def test_the_shipped_model_in_every_style_and_as_measured(copies: Path, mnist: Dataset) -> None:
    app = open_page(PAGE)
    assert not app.error
    assert len(rows(app)["images"]) == 6
    shown = {metric.label: metric.value for metric in app.metric}
    assert float(shown["Read as asked"].rstrip("%")) >= 99
    assert float(shown["Leakage"].rstrip("%")) < 20
    (table,) = (chart["data"][0] for chart in charts(app) if chart["data"] and chart["data"][0]["type"] == "heatmap")
    assert [table["text"][i][i] for i in range(10)] == ["100"] * 10
    assert any(
        "Classifier's cross-entropy" in a["text"] for c in charts(app) for a in c["layout"].get("annotations", [])
    )
    app.segmented_control(key="demand_source").set_value("test images").run()
    assert len(rows(app)["images"]) == 12
    app.segmented_control(key="demand_source").set_value("a file").run()
    assert "Choose a picture file" in texts(app)
    app.file_uploader(key="demand_file").upload("x.png", b"no picture", "image/png").run()
    assert app.error
    buffer = io.BytesIO()
    Image.fromarray(mnist.test_images[0, 0].numpy()).save(buffer, "PNG")
    app.file_uploader(key="demand_file").upload("seven.png", buffer.getvalue(), "image/png").run()
    assert not app.error
    assert len(rows(app)["images"]) == 12
    app.session_state["drawing"] = mnist.test_images[0].numpy()
    app.run()
    app.segmented_control(key="demand_source").set_value("the drawing").run()
    assert "its μ" in [annotation["text"] for annotation in rows(app)["annotations"]]
    app.session_state["drawing"] = np.zeros((3, 32, 32), np.uint8)  # of another model's shape
    app.run()
    assert not app.exception


def test_without_one_it_offers_to_train_the_articles(folder: Path) -> None:
    app = open_page(PAGE)
    assert "no ClassifierVAE yet" in texts(app)
    app.button(key="train_article").click().run()
    assert not app.exception
    job = resources.trainer().find(app.session_state["run"])
    assert job is not None
    assert job.runs[0].config == ARTICLE
    assert app.button(key="train_own").disabled
    resources.trainer().cancel(job)


def test_a_damaged_film_costs_the_film_alone(copies: Path) -> None:
    (copies / "classifier-vae-10d" / "filmstrip.png").write_bytes(b"no film")
    app = open_page(PAGE)
    assert any("filmstrip.png" in warning.value for warning in app.warning)
    assert app.metric
