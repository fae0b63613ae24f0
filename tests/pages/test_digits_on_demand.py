"""Digits on demand as Streamlit runs it: the shipped model, every source of styles, and a run trained there."""

import base64
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.helpers.app import charts, finish, open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.data.dataset import Dataset
from vae.storage.checkpoints import load
from vae.training.recipe import ARTICLE
from vae.ui.components.drawing.canvas import KEY, PREFIX
from vae.ui.frame import pages
from vae.ui.generate import on_demand

PAGE = pages.DIGITS_ON_DEMAND


def rows(app: AppTest) -> dict:
    (found,) = (one for one in app.get("plotly_chart") if "demand_rows" in one.proto.id)
    return json.loads(found.proto.spec)["layout"]


def test_the_shipped_model_in_every_style_and_as_measured(shipped: Path, mnist: Dataset) -> None:
    app = open_page(PAGE)
    assert not app.error
    assert len(rows(app)["images"]) == 6
    assert words_in_view(app) <= MOST_WORDS
    shown = {metric.label: metric.value for metric in app.metric}
    kept = load("classifier-vae-10d").metrics
    assert shown["Read as asked"] == f"{kept['asked_as_read']:.1%}"
    assert kept["asked_as_read"] >= 0.99
    assert shown["Leakage"] == f"{kept['leakage']:.1%}"
    assert 0.1135 <= kept["leakage"] < 0.2  # ones are the commonest digit
    assert shown["Diversity within a class"] == f"{kept['diversity']:.2f}"
    assert 0.5 < kept["diversity"] < 1
    (table,) = (chart["data"][0] for chart in charts(app) if chart["data"] and chart["data"][0]["type"] == "heatmap")
    assert [table["text"][i][i] for i in range(10)] == ["100"] * 10
    (losses,) = (chart for chart in charts(app) if len(chart["data"]) == 4)
    assert [title["text"] for title in losses["layout"]["annotations"]] == [
        "VAE loss, nats",
        "Classifier loss, nats",
    ]
    app.segmented_control(key="demand_source").set_value("test images").run()
    assert len(rows(app)["images"]) == 12
    app.segmented_control(key="demand_source").set_value("a file").run()
    assert "Choose a picture file" in plain_texts(app)
    app.file_uploader(key="demand_file").upload("x.png", b"no picture", "image/png").run()
    assert app.error
    buffer = io.BytesIO()
    Image.fromarray(mnist.test_images[0, 0].numpy()).save(buffer, "PNG")
    app.file_uploader(key="demand_file").upload("seven.png", buffer.getvalue(), "image/png").run()
    assert not app.error
    assert len(rows(app)["images"]) == 12
    app.segmented_control(key="demand_source").set_value("your drawing").run()
    assert "Draw one character" in plain_texts(app)
    app.session_state[KEY] = {"picture": PREFIX + base64.b64encode(buffer.getvalue()).decode()}
    app.number_input(key="demand_styles").set_value(12).run()
    assert not app.exception
    assert len(rows(app)["images"]) == 24
    assert {"μ", "draw 11"} <= {annotation["text"] for annotation in rows(app)["annotations"]}
    assert "Why not all?" not in plain_texts(app)


def test_without_one_the_articles_settings_train_here_and_the_page_then_shows_the_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(PAGE)
    assert "no ClassifierVAE of these images yet" in plain_texts(app)
    config, *words = on_demand.PRESETS["article"]
    assert config == ARTICLE
    monkeypatch.setitem(on_demand.PRESETS, "article", (replace(ARTICLE, epochs=None, steps=30), *words))
    app.run()
    app.button(key="train_article").click().run()
    assert app.button(key="train_own").disabled
    (run,) = finish(app).names
    assert not app.exception
    assert app.selectbox(key="classifier-vae").value == run
    shown = {metric.label: metric.value for metric in app.metric}
    assert float(shown["Read as asked"].rstrip("%")) < 50
    # Why that is so is told from this run's own numbers.
    assert f"z itself still tells the class of {shown['Leakage']} of the test images" in plain_texts(app)
    (folder / run / "filmstrip.png").write_bytes(b"no film")
    app.run()
    assert [warning.value for warning in app.warning if "filmstrip.png" in warning.value]
    assert app.metric
