"""Edit a code: what the sliders are sent, and the ledger that follows where they are said to stand."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from tests.helpers.browser_messages import decode, unpack
from tests.helpers.drawings import draw, seven, star
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.data.dataset import Dataset
from vae.models.codes import encode_posteriors
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.ui.explore.code_sliders import KEY, parsed
from vae.ui.frame import pages

PAGE = pages.EDIT_A_CODE


def sent(app: AppTest) -> tuple[dict[str, Any], dict[str, dict[str, np.ndarray]]]:
    return unpack(next(one.proto.bytes for one in app.get("bidi_component") if one.proto.bytes))


def move(app: AppTest, latents: Any) -> AppTest:
    app.session_state[KEY] = {"moved": {"of": sent(app)[0]["of"], "latents": latents}}
    app.run()
    assert not app.exception, [e.value for e in app.exception]
    return app


def ledger_of(app: AppTest, word: str) -> tuple[str, dict[str, dict[str, float]]]:
    """A model's rows of the ledger, and its bars: nats by number, by name."""
    rows = next(one.value for one in app.markdown if one.value.startswith("| nats")).splitlines()
    table = "\n".join(row for row in rows if row.startswith(f"| {word}, "))
    (chart,) = (json.loads(c.proto.spec) for c in app.get("plotly_chart") if f"five_ledger_{word}" in c.proto.id)
    bars = {trace["name"]: dict(zip(trace["y"], trace["x"], strict=True)) for trace in _plain(chart["data"])}
    return table, bars


def _plain(traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    import base64

    for trace in traces:
        if isinstance(trace["x"], dict):
            trace["x"] = np.frombuffer(base64.b64decode(trace["x"]["bdata"]), trace["x"]["dtype"]).tolist()
    return traces


def test_the_browser_gets_codes_bands_and_decoders_and_the_ledger_follows_what_it_moves(
    shipped: Path, mnist: Dataset
) -> None:
    app = open_page(PAGE)
    assert "784 pixels → 5 numbers" in [one.value for one in app.subheader]
    assert "157 to 1" in app.subheader[0].help
    assert "These are ae-5d and vae-5d and not the sidebar's models" in plain_texts(app).replace("**", "")
    assert words_in_view(app) <= MOST_WORDS
    header, parts = sent(app)
    codes = {}
    for number, name in enumerate(("ae-5d", "vae-5d")):
        panel, model = header["panels"][number], load_model(load(name))
        all_codes, deviations = encode_posteriors(model, mnist.test_images)
        codes[name] = code = np.array(panel["code"], np.float32)
        np.testing.assert_allclose(code, all_codes[0], atol=1e-4)
        weights = {k.removeprefix(f"{number}."): v for k, v in parts["models"].items() if k.startswith(f"{number}.")}
        made = decode(panel["layers"], weights, code[None])
        np.testing.assert_allclose(made[0] * 255, parts["images"][f"{number}.reconstruction"].ravel(), atol=2)
        order = [row["index"] for row in panel["rows"]]
        for row in panel["rows"]:
            index = row["index"]
            assert row["range"][0] <= min(code[index], row["rest"]) < max(code[index], row["rest"]) <= row["range"][1]
            if deviations is None:  # no posterior: the spread of the codes, and their mean for the prior's
                expected, rest = [all_codes[:, index].mean(), all_codes[:, index].std()], all_codes[:, index].mean()
            else:
                expected, rest = [code[index], deviations[0, index]], 0
            np.testing.assert_allclose(row["band"], expected, rtol=1e-3)
            assert row["rest"] == pytest.approx(rest, rel=1e-3, abs=1e-6)
        if deviations is not None:
            kl = 0.5 * (all_codes**2 + deviations**2 - 1 - 2 * np.log(deviations)).mean(0)
            assert order == np.argsort(-kl).tolist()
    np.testing.assert_array_equal(parts["images"]["image"], mnist.test_images[0])

    table, bars = ledger_of(app, "VAE")
    assert "where the sliders stand" not in table
    lost = bars["added reconstruction loss at 0"]
    worst = max(lost, key=lambda name: lost[name])
    without = codes["vae-5d"].copy()
    without[int(worst[1:]) - 1] = 0
    move(app, [codes["ae-5d"].tolist(), without.tolist()])
    table, after = ledger_of(app, "VAE")
    assert f"({lost[worst]:+.1f})" in table.splitlines()[-1]
    assert after["added reconstruction loss at 0"][worst] == pytest.approx(0, abs=1e-3)
    assert after["KL"][worst] < bars["KL"][worst]
    assert list(ledger_of(app, "AE")[1]) == ["added reconstruction loss at its mean"]  # it pays no KL
    assert "where the sliders stand" not in ledger_of(app, "AE")[0]

    # It is kept through a change of page and for this image alone, and what no browser of ours says counts for nothing.
    app.switch_page(pages.BETA_TRANSLATOR.path).run()
    app.switch_page(PAGE.path).run()
    assert ledger_of(app, "VAE")[0] == table
    app.number_input(key="five_index").set_value(1).run()
    assert "where the sliders stand" not in ledger_of(app, "VAE")[0]
    app.number_input(key="five_index").set_value(0).run()
    assert ledger_of(app, "VAE")[0] == table
    move(app, "nonsense")
    assert "where the sliders stand" not in ledger_of(app, "VAE")[0]


@pytest.mark.parametrize("said", [None, 3, [[1.0]], [[0, 0], [0]], [[0, 0], [float("nan"), 0]], [["a", 0], [0, 0]]])
def test_what_the_browser_could_not_have_said_leaves_the_codes(said: Any) -> None:
    codes = [np.ones(2, np.float32), np.zeros(2, np.float32)]
    np.testing.assert_array_equal(parsed(said, codes), codes)


def test_models_of_one_number_and_of_many_fit_here_and_on_the_pages_beside(folder: Path, mnist: Dataset) -> None:
    for model, size, hidden in (("ae", 1, (8,)), ("vae", 24, (8,))):
        config = TrainConfig(model=model, latent_dim=size, hidden=hidden, steps=5)
        for _ in record(train(config, mnist), f"{model}-tiny", config, mnist):
            pass
    app = open_page(PAGE)
    assert "the page shows the sidebar's" in plain_texts(app)
    assert "784 pixels → 1 or 24 numbers" in [one.value for one in app.subheader]
    assert "latent size (1 and 24)" in plain_texts(app)  # what makes the comparison unfair is said
    assert [len(panel["rows"]) for panel in sent(app)[0]["panels"]] == [1, 24]

    app.switch_page(pages.DRAW.path).run()
    assert len(star(draw(app, seven()))) == 2
    app.switch_page(pages.TWO_IMAGES.path).run()
    assert not app.exception
    assert app.table[0].value.shape == (3, 3)

    shutil.rmtree(folder / "ae-tiny")
    st.cache_resource.clear()
    app = open_page(PAGE)
    assert "There is no autoencoder of MNIST yet" in app.info[0].value


def test_the_drawing_comes_along_from_its_page(shipped: Path) -> None:
    app = open_page(PAGE, five_image="your drawing")
    assert "Nothing is drawn yet" in app.info[0].value
    app.switch_page(pages.DRAW.path).run()
    draw(app, seven())
    app.switch_page(PAGE.path).run()
    app.segmented_control(key="five_image").set_value("your drawing").run()
    assert not app.exception
    assert not app.info
    header, parts = sent(app)
    assert header["about"] == "your drawing"
    assert torch.from_numpy(parts["images"]["image"]).count_nonzero() > 40
