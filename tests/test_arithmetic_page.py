"""The page of arithmetic: groups by class and by lasso, the sum in pixels and codes, how far from all codes it lies."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.test_pages import SHIPPED, open_page, texts
from vae.checkpoints import load
from vae.figures import data_uri
from vae.ui import resources
from vae.ui.latent_map import Selection

PAGE = "pages/13_arithmetic.py"


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


def chart(app: AppTest, key: str) -> dict:
    (found,) = (one for one in app.get("plotly_chart") if one.proto.id.endswith(f"-{key}"))
    return json.loads(found.proto.spec)


def pictures(app: AppTest) -> np.ndarray:
    """What the first figure shows: rows of pixels, AE and VAE; columns of A, B, C and the result."""
    return np.array([image["source"] for image in chart(app, "sum_terms")["layout"]["images"]]).reshape(3, 4)


@pytest.mark.parametrize("size", ["2d", "20d"])
def test_nine_minus_four_plus_a_four_is_read_as_a_nine(size: str, copies: Path) -> None:
    app = open_page(PAGE, ae=f"ae-{size}", vae=f"vae-{size}")
    assert not app.error
    assert [app.selectbox(key=key).value for key in ("sum_a", "sum_b")] == ["9", "4"]
    read = [note["text"] for note in chart(app, "sum_terms")["layout"]["annotations"] if "·" in note["text"]]
    assert len(read) == 8
    assert read[7].startswith("9")  # the VAE's result
    assert read[6].startswith(("4", "9"))  # its C
    table = app.dataframe[0].value
    assert (table["result to its nearest code"] > 0).all()
    assert (table["codes to theirs, median"] > 0).all()
    np.testing.assert_allclose(
        table["ratio"], table["result to its nearest code"] / table["codes to theirs, median"], rtol=1e-6
    )
    for word in ("ae", "vae"):
        assert sum(len(trace["text"]) for trace in chart(app, f"sum_strip_{word}")["data"]) == 25


def test_a_minus_a_plus_c_is_cs_reconstruction(copies: Path) -> None:
    app = open_page(PAGE, sum_c="11", sum_strength="2.0")
    app.selectbox(key="sum_a").set_value("4").run()
    seen = pictures(app)
    np.testing.assert_array_equal(seen[:, 2], seen[:, 3])
    (image,) = resources.dataset("mnist").test_images[[11]].numpy()
    assert seen[0, 2] == data_uri(image[0])
    model = resources.trained(load("vae-2d"))
    assert data_uri(model.decode(model.codes[[11]])[0, 0])[:60] == seen[2, 2][:60]
    assert seen[2, 0] != seen[2, 2]


def test_strength_nought_leaves_c_and_two_goes_farther(copies: Path) -> None:
    none, twice = (open_page(PAGE, sum_strength=strength) for strength in ("0.0", "2.0"))
    seen = pictures(none)
    np.testing.assert_array_equal(seen[:, 2], seen[:, 3])
    assert (pictures(twice)[:, 3] != seen[:, 3]).all()


def test_groups_come_from_the_lasso_and_several_can_be_kept(copies: Path) -> None:
    app = open_page(PAGE)
    assert "draw a lasso" in texts(app)
    for indices in ((0, 17, 26), (2, 5)):
        app.session_state["map_selection"] = Selection("mnist/test", indices)
        app.run()
        assert f"selected now ({len(indices)} images)" in app.selectbox(key="sum_a").options
        app.button(key="keep_group").click().run()
    app.selectbox(key="sum_a").set_value("selection 1")
    app.selectbox(key="sum_b").set_value("selection 2").run()
    assert not app.exception
    model = resources.trained(load("vae-2d"))
    mean = model.codes[[0, 17, 26]].mean(0, dtype=np.float64)[None]
    assert len(pictures(app)[2, 0]) == len(data_uri(model.decode(mean)[0, 0]))
    # A selection that has gone gives way to the default.
    app.selectbox(key="sum_a").set_value("selected now").run()
    app.session_state["map_selection"] = None
    app.run()
    assert not app.exception
    assert app.selectbox(key="sum_a").value == "9"


def test_without_a_judge_and_with_two_latent_sizes(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.ui.resources.judge_path", lambda name: copies / "no-judge")
    app = open_page(PAGE, ae="ae-20d", vae="vae-2d")
    assert "python -m vae judge --dataset mnist" in texts(app)
    assert pictures(app).shape == (3, 4)
