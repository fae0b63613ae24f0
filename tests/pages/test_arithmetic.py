"""The page of arithmetic: groups by class and by lasso, the sum in pixels and codes, how far from all codes it lies."""

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.data.to_picture import data_uri
from vae.storage.checkpoints import load
from vae.ui.frame import pages
from vae.ui.shared import models, server
from vae.ui.shared.selection import Selection

PAGE = pages.ARITHMETIC


def chart(app: AppTest, key: str) -> dict:
    (found,) = (one for one in app.get("plotly_chart") if one.proto.id.endswith(f"-{key}"))
    return json.loads(found.proto.spec)


def pictures(app: AppTest) -> np.ndarray:
    """Return the images of the first figure: rows of pixels, AE and VAE; columns of A, B, C and the result."""
    return np.array([image["source"] for image in chart(app, "sum_terms")["layout"]["images"]]).reshape(3, 4)


def test_nine_minus_four_plus_a_four_is_read_as_a_nine_in_twenty_dimensions(shipped: Path) -> None:
    app = open_page(PAGE, ae="ae-20d", vae="vae-20d")
    assert not app.error
    assert [app.selectbox(key=key).value for key in ("sum_a", "sum_b")] == ["9", "4"]
    read = [note["text"] for note in chart(app, "sum_terms")["layout"]["annotations"] if "·" in note["text"]]
    assert [text[0] for text in read] == ["9", "4", "4", "9"] * 2  # A, B, C and the result of both models
    assert words_in_view(app) <= MOST_WORDS
    carried, far = (frame.value for frame in app.dataframe)
    for before, after in zip(carried["read before"], carried["read after"], strict=True):
        assert before.startswith("4 · ")
        assert after.startswith("9 · ")
        assert int(after[4:-1]) > 60  # per cent of a hundred fours
    assert carried["images of B"].tolist() == [100, 100]
    np.testing.assert_allclose(far["ratio"], far["result to nearest code"] / far["code to nearest code"], rtol=1e-6)
    assert (far["result to nearest code"] > 0).all()
    for word in ("ae", "vae"):
        assert len(chart(app, f"sum_strip_{word}")["layout"]["images"]) == 13


def test_strength_nought_and_a_minus_a_leave_c_and_more_goes_farther(shipped: Path) -> None:
    app = open_page(PAGE, sum_a="7", sum_c="11", sum_strength="0.0")
    assert [app.selectbox(key=key).value for key in ("sum_a", "sum_b")] == ["7", "4"]  # a link's, and the default
    (image,) = server.dataset("mnist").test_images[[11]].numpy()
    none = pictures(app)
    assert none[0, 2] == data_uri(image[0])
    np.testing.assert_array_equal(none[:, 2], none[:, 3])
    app.slider(key="sum_strength").set_value(2.0).run()
    assert (pictures(app)[:, 3] != none[:, 3]).all()
    app.selectbox(key="sum_a").set_value("4").run()
    assert not app.exception
    same = pictures(app)
    np.testing.assert_array_equal(same[:, 2], same[:, 3])
    np.testing.assert_array_equal(same[:, 0], same[:, 1])
    assert (same[:, 0] != same[:, 2]).all()


def test_groups_come_from_the_lasso_and_several_can_be_kept(shipped: Path) -> None:
    app = open_page(PAGE)
    assert "draw a lasso" in plain_texts(app)
    for indices in ((0, 17, 26), (2, 5)):
        app.session_state["map_selection"] = Selection("mnist/test", indices)
        app.run()
        assert "images selected now" in app.selectbox(key="sum_a").options
        app.button(key="keep_group").click().run()
    app.selectbox(key="sum_a").set_value("selection 1")
    app.selectbox(key="sum_b").set_value("selection 2").run()
    assert not app.exception
    model = models.trained(load("vae-2d"))
    mean = model.codes[[0, 17, 26]].mean(0, dtype=np.float64)[None]
    assert "mean of A, 3 test images, − mean of B, 2" in plain_texts(app)
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(pictures(app)[2, 0].split(",")[1]))))[::3, ::3]
    # Decoded in a batch of another size, a float's last bit may be another, and with it a rounding.
    np.testing.assert_allclose(shown.astype(int), model.decode(mean)[0, 0].astype(int), atol=1)
    # A selection that has gone gives way to the default.
    app.selectbox(key="sum_a").set_value("images selected now").run()
    app.session_state["map_selection"] = None
    app.run()
    assert not app.exception
    assert app.selectbox(key="sum_a").value == "9"
