"""Two images: codes, distance and overlap of two images of one class, against other pairs."""

from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.data.dataset import Dataset
from vae.explore.pairs import bhattacharyya, spread
from vae.models.codes import encode_posteriors
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.ui.frame import pages

PAGE = pages.TWO_IMAGES


def numbers(app: AppTest) -> np.ndarray:
    return app.table[0].value.replace("none", "0").astype(float).to_numpy()


def test_the_table_says_what_the_models_say(shipped: Path, mnist: Dataset) -> None:
    app = open_page(PAGE, ae="ae-20d", vae="vae-20d", kind_class="3")
    two = np.flatnonzero(mnist.test_labels.numpy() == 3)[:2]
    codes, deviations = encode_posteriors(load_model(load("vae-20d")), mnist.test_images)
    assert deviations is not None
    found = numbers(app)
    assert found.shape == (3, 3)
    apart = np.linalg.norm(codes[two[0]] - codes[two[1]]) / spread(codes)
    overlap = bhattacharyya(codes[two[:1]], deviations[two[:1]], codes[two[1:]], deviations[two[1:]])[0]
    np.testing.assert_allclose(found[1:, 0], [apart, overlap], rtol=0.01, atol=1e-4)
    # Neither model was told the classes, and both keep them together.
    assert (found[:2, 1] < found[:2, 2]).all()
    assert found[2, 1] >= found[2, 2]
    assert "10,000 random pairs" in plain_texts(app)
    assert words_in_view(app) <= MOST_WORDS


def test_another_pair_is_two_other_images_and_one_image_is_no_pair(shipped: Path) -> None:
    app = open_page(PAGE)
    before = numbers(app)[:, 0]
    app.button(key="kind_another").click().run()
    assert not app.exception
    assert app.number_input(key="kind_first").value != app.number_input(key="kind_second").value
    assert not np.allclose(numbers(app)[:, 0], before)
    app.number_input(key="kind_second").set_value(app.number_input(key="kind_first").value).run()
    assert "one image" in app.info[0].value
    assert not app.table
    # A number that a smaller class does not have.
    app.selectbox(key="kind_class").set_value("1").run()
    app.number_input(key="kind_first").set_value(1_134).run()
    assert not app.exception
    app.selectbox(key="kind_class").set_value("5").run()
    assert not app.exception
    assert app.table or app.info
