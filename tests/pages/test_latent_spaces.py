"""Latent spaces: what the map is sent, t-SNE while it runs, selections, and charts in the map's place."""

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import charts, open_page, texts
from tests.helpers.browser_messages import latent_map, sent
from tests.helpers.in_view import MOST_WORDS, words_in_view
from vae.data.dataset import Dataset
from vae.models.codes import encode_images
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.ui.components.latent_map.message import READ_SIDE
from vae.ui.frame import pages
from vae.ui.shared import models


def test_the_first_page_draws_the_codes_of_both_models(shipped: Path, mnist: Dataset) -> None:
    app = open_page(pages.LATENT_SPACES)
    header, models = sent(app)
    titles = [panel["title"] for panel in header["panels"]]
    assert titles == ["ae-2d, 2-D codes, not projected", "vae-2d, 2-D codes, not projected"]
    assert header["of"] == "mnist/test"
    assert header["count"] == 10_000
    codes = encode_images(load_model(load("vae-2d")), mnist.test_images)
    np.testing.assert_allclose(models["1.points"], codes, atol=1e-5)
    np.testing.assert_array_equal(models["labels"], mnist.test_labels)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["kNN accuracy"] == f"{load('vae-2d').metrics['knn_accuracy']:.1%}"
    assert "Trustworthiness" not in shown
    assert words_in_view(app) <= MOST_WORDS
    assert "More to look for" in [one.label for one in app.expander]
    assert charts(app) == []
    app.toggle(key="charts").set_value(True).run()
    assert len(charts(app)[0]["data"]) == 20


def test_what_the_map_is_sent_for_the_first_page_stays_under_three_megabytes(shipped: Path) -> None:
    (element,) = open_page(pages.LATENT_SPACES).get("bidi_component")
    assert element.proto.ByteSize() < 3_000_000


def test_the_training_images_can_be_shown(shipped: Path, mnist: Dataset) -> None:
    header, models = sent(open_page(pages.LATENT_SPACES, images="60,000 training images"))
    assert (header["of"], header["count"]) == ("mnist/train", 60_000)
    np.testing.assert_array_equal(models["labels"], mnist.train_labels)


def test_each_model_is_sent_with_where_its_codes_are_and_how_many_lie_in_the_prior(shipped: Path) -> None:
    for size, (least, most) in {"2d": (0.2, 0.4), "20d": (0, 0.1)}.items():
        header, models = sent(open_page(pages.LATENT_SPACES, ae=f"ae-{size}", vae=f"vae-{size}"))
        ae, vae = (panel["share_in_prior"] for panel in header["panels"])
        assert least <= ae <= most
        assert vae > 0.97
        assert "0.references" not in models  # an AE's are its first codes
        # The VAE's are draws from its posteriors, which are wider spread than their means.
        drawn = models["1.references"].astype(np.float64)
        means = models.get("1.codes", models["1.points"]).astype(np.float64)
        assert drawn.std() > (1.2 if size == "20d" else 0.98) * means.std()
        z = np.random.default_rng(0).normal(size=(500, drawn.shape[1]))
        apart = np.linalg.norm(z[:, None] - drawn[None], axis=2)
        assert (apart <= models["1.reaches"]).any(1).mean() > 0.8


def test_above_two_dimensions_pca_says_how_far_to_trust_it(shipped: Path) -> None:
    app = open_page(pages.LATENT_SPACES, ae="ae-20d", vae="vae-20d")
    assert app.selectbox(key="vae").value == "vae-20d"
    header, models = sent(app)
    assert all("PCA" in panel["title"] for panel in header["panels"])
    trust = [float(m.value) for m in app.metric if m.label == "Trustworthiness"]
    assert len(trust) == 2
    assert all(0.5 < value < 1 for value in trust)
    # Both maps are turned alike: a principal direction has no sign of its own.
    for axis in (0, 1):
        assert np.corrcoef(models["0.points"][:, axis], models["1.points"][:, axis])[0, 1] > 0


def wait_for_t_sne(app: AppTest) -> None:
    for _ in range(480):
        if all("t-SNE" in panel["title"] for panel in sent(app)[0]["panels"]):
            return
        time.sleep(0.25)
        app.run()
    raise AssertionError("the map was not finished within two minutes")


@pytest.mark.usefixtures("brief")
def test_t_sne_shows_its_progress_then_aligned_maps_and_other_seeds(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.explore.projector.CACHE", tmp_path / "cache")
    app = open_page(pages.LATENT_SPACES, ae="ae-20d", vae="vae-20d", images="2,000 test images")
    app.segmented_control(key="projection").set_value("t-sne").run()
    assert not app.exception
    assert all("PCA" in panel["title"] for panel in sent(app)[0]["panels"])  # until the t-SNE is there
    assert app.button(key="wait_for_map_cancel")
    assert len(app.get("image")) == 2  # the maps as they grow
    wait_for_t_sne(app)
    header, models = sent(app)
    assert ["t-SNE" in panel["title"] for panel in header["panels"]] == [True, True]
    assert [panel["linear"] for panel in header["panels"]] == [False, False]
    assert len(list((tmp_path / "cache").glob("*.npz"))) == 2
    one, other = (models[f"{k}.points"] - models[f"{k}.points"].mean(0) for k in (0, 1))
    turn = np.linalg.svd(other.T @ one)
    np.testing.assert_allclose(turn[0] @ turn[2], np.eye(2), atol=1e-2)  # no turn brings them nearer
    app.toggle(key="more_seeds").set_value(True).run()
    for _ in range(480):
        if len(charts(app)) == 2:
            break
        time.sleep(0.25)
        app.run()
    titles = [a["text"] for chart in charts(app) for a in chart["layout"]["annotations"][:2]]
    assert ["seed 1" in title for title in titles] == [True, True, False, False]
    assert all(re.search(r"trustworthiness 0\.[6-9]", title) for title in titles)


@pytest.mark.usefixtures("brief")
def test_a_t_sne_that_is_cancelled_says_so_and_can_begin_again(
    copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.explore.projector.CACHE", tmp_path / "cache")
    app = open_page(pages.LATENT_SPACES, ae="ae-20d", vae="vae-20d", images="2,000 test images")
    app.segmented_control(key="projection").set_value("t-sne").run()
    app.button(key="wait_for_map_cancel").click().run()
    assert "The t-SNE was cancelled" in texts(app)
    assert all("PCA" in panel["title"] for panel in sent(app)[0]["panels"])
    app.button(key="wait_for_map_again").click().run()
    wait_for_t_sne(app)


def test_what_a_lasso_chose_is_counted_listed_and_kept(shipped: Path, mnist: Dataset) -> None:
    app = open_page(pages.LATENT_SPACES)
    indices = [3, 7, 11, 9_999]
    app.session_state["latent_map"] = {"selection": {"of": "mnist/test", "indices": indices}}
    app.run()
    assert "4 selected test images" in [heading.value for heading in app.subheader]
    counts = np.bincount(mnist.test_labels[indices].numpy())
    assert f"**{counts.argmax()}**: {counts.max()}" in texts(app)
    table = app.dataframe[0].value
    assert table["number"].tolist() == indices
    assert table["class"].tolist() == [str(int(label)) for label in mnist.test_labels[indices]]
    assert table["image"].str.startswith("data:image/png;base64,").all()
    # A change of page clears the component's state and not the selection.
    app.session_state["latent_map"] = {"selection": None}
    app.run()
    assert "4 selected test images" in [heading.value for heading in app.subheader]
    app.session_state["latent_map"] = {"selection": {"of": "mnist/test", "indices": []}}
    app.run()
    assert "4 selected test images" not in [heading.value for heading in app.subheader]


@pytest.mark.parametrize(
    "said", [{"of": "mnist/test", "indices": [-1, "7", 10**9]}, {"indices": None}, [], "all", {"of": 7, "indices": {}}]
)
def test_nonsense_from_the_browser_selects_nothing(said: object, shipped: Path) -> None:
    app = open_page(pages.LATENT_SPACES)
    app.session_state["latent_map"] = {"selection": said}
    app.run()
    assert not app.exception
    assert not any("selected" in heading.value for heading in app.subheader)


def test_the_classifier_reads_the_decoded_places_when_asked(shipped: Path) -> None:
    app = open_page(pages.LATENT_SPACES)
    assert "0.read" not in sent(app)[1]
    app.session_state["latent_map"] = {"background": "reading"}
    app.run()
    header, models = sent(app)
    assert re.search(r"the class that the judge \(99\.\d% right", header["judge"])
    for number in (0, 1):
        assert models[f"{number}.read"].shape == (READ_SIDE, READ_SIDE)
        # Most classes are to be found, and between them the judge hesitates.
        assert len(np.unique(models[f"{number}.read"])) >= 8
        assert np.percentile(models[f"{number}.confidence"], 2) < 200 < np.median(models[f"{number}.confidence"])


def test_charts_stand_in_where_the_browser_cannot_draw_the_map(shipped: Path) -> None:
    app = open_page(pages.LATENT_SPACES)
    app.session_state["latent_map"] = {"unsupported": "this browser has no WebGL 2"}
    app.run()
    assert "cannot be drawn here: this browser has no WebGL 2" in texts(app)
    assert len(charts(app)) == 1
    assert latent_map(app) is None


def test_the_dots_are_coloured_by_numbers_of_each_model_and_by_columns(
    shipped: Path, mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.arange(len(mnist.images))
    columns: Any = models.trained(load("vae-2d")).dataset.columns
    monkeypatch.setitem(columns, "shop", np.array(["north", "south"])[rows % 2])
    monkeypatch.setitem(columns, "weight", rows.astype(np.float64))
    monkeypatch.setitem(columns, "file", np.array([f"{row}.png" for row in rows]))
    app = open_page(pages.LATENT_SPACES, images="2,000 test images")
    offered = ["class", "squared error", "KL", "density on the map", "shop", "weight"]
    assert app.selectbox(key="colour_by").options == [f"Colour by {name}" for name in offered]
    header, tensors = coloured(app, "KL")
    assert (header["colour"], "0.values" in tensors, "1.values" in tensors) == (
        "KL, nats (the AE has none)",
        False,
        True,
    )
    assert header["classes"] == list(mnist.class_names)
    header, tensors = coloured(app, "shop")
    assert (header["classes"], header["scale"]) == (["north", "south"], None)
    assert tensors["labels"][:3].tolist() == [0, 1, 0]
    header, _ = coloured(app, "weight")
    assert header["scale"]["low"] == pytest.approx(60_000 + 0.01 * 2_000, abs=1)
    app.toggle(key="charts").set_value(True).run()
    assert charts(app)[0]["layout"]["coloraxis"]["colorbar"]["title"]["text"] == "weight"


def coloured(app: AppTest, by: str) -> tuple[dict, dict[str, np.ndarray]]:
    app.selectbox(key="colour_by").set_value(f"Colour by {by}").run()
    assert not app.exception
    found = latent_map(app)
    assert found is not None
    return found
