"""Every page on images that somebody has imported: grey, in colour, not square, large, and without labels."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page, texts
from tests.helpers.browser_messages import decode, sent
from tests.helpers.images import blobs
from vae.data.dataset import Dataset, DatasetError
from vae.data.imported.about import About, write_about
from vae.data.preparation.settings import Preparation
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.recipe import recommended, recommended_body
from vae.ui.frame import pages
from vae.ui.frame.pages import Page

SETS = {
    "own-grey": blobs((1, 28, 28), train=200, test=100, classes=3, name="own-grey"),
    "own-wide": blobs((3, 32, 48), train=200, test=100, classes=3, name="own-wide", labelled=False),
    "own-large": blobs((3, 64, 64), train=80, test=60, classes=2, name="own-large", labelled=False),
    "own-tiny": blobs((1, 12, 16), train=19, test=5, classes=3, name="own-tiny"),
}
RUNGS = {"own-tiny-vae-half": 0.5, "own-tiny-vae-2": 2.0}  # with the VAE of the set, three that differ in β alone
ALL = [page for group in pages.SECTIONS.values() for page in group]


@pytest.fixture(scope="session")
def _runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAE_CHECKPOINTS", str(folder))
        for name, dataset in SETS.items():
            for model in ("ae", "vae", *(["classifier-vae"] if dataset.labelled else [])):
                body = recommended_body(dataset.image_shape)
                recipe = recommended(2, body, dataset.image_shape, epochs=1)
                config = TrainConfig(model=model, dataset=name, body=body, epochs=1, **recipe)
                for _ in record(train(config, dataset), f"{name}-{model}", config, dataset):
                    pass
        tiny = SETS["own-tiny"]
        for name, beta in RUNGS.items():
            rung = replace(load("own-tiny-vae").config, beta=beta)
            for _ in record(train(rung, tiny), name, rung, tiny):
                pass
    return folder


@pytest.fixture(autouse=True)
def _imported(_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_CHECKPOINTS", str(_runs))
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path))
    monkeypatch.setattr("vae.ui.shared.server.load_dataset", SETS.__getitem__)
    monkeypatch.setattr("vae.measure.realism.REFERENCES", tmp_path)
    monkeypatch.setattr("vae.ui.frame.data_set.downloaded", lambda name: True)
    for name, dataset in SETS.items():
        (tmp_path / name).mkdir()
        write_about(tmp_path / name, about(dataset))


def about(dataset: Dataset) -> About:
    """Return what would be known of a set if it had been imported."""
    sizes = dataset.train_size, 0, len(dataset.test_images)
    known = dataset.image_shape, *sizes, dataset.class_names, dataset.labelled, dataset.fingerprint
    return About(dataset.name, dataset.name, "A folder", *known, Preparation(), None, (), "2026")


def opened(page: Page, name: str, **parameters: str) -> AppTest:
    return open_page(page, ae=f"{name}-ae", vae=f"{name}-vae", **parameters)


@pytest.mark.slow
@pytest.mark.parametrize("page", ALL, ids=lambda page: Path(page.path).stem)
@pytest.mark.parametrize("name", SETS)
def test_every_page_opens_and_says_nothing_of_digits(page: Page, name: str) -> None:
    app = opened(page, name)
    assert not app.error
    if page not in (pages.DIGITS_ON_DEMAND, pages.DRAW, pages.BETA_TRANSLATOR):  # it shows models of its own, if any
        assert not re.search(r"\bdigits?\b|\bdigit's\b", texts(app).replace("1 digit", ""))
    if not SETS[name].labelled and page != pages.DIGITS_ON_DEMAND:
        assert "python -m vae judge" not in texts(app)


def test_without_labels_numbers_that_need_them_are_left_out_and_said_to_be() -> None:
    app = opened(pages.LATENT_SPACES, "own-wide")
    assert not {"kNN accuracy", "Silhouette"} & {metric.label for metric in app.metric}
    assert "kNN accuracy and Silhouette are left out: each needs labels, which these images do not have" in texts(app)
    header, _ = sent(app)
    assert header["classes"] == ["cluster 1", "cluster 2", "cluster 3"]
    assert header["image_shape"] == [3, 32, 48]


def test_samples_are_judged_by_random_features_which_are_called_so() -> None:
    app = opened(pages.SAMPLES, "own-wide")
    assert "in random convolutional features, it lies about as near to a training image" in texts(app)
    assert "judge sees" not in texts(app)
    app = opened(pages.RANDOM_LATENTS, "own-wide")
    verdicts = [json.loads(element.proto.json)["verdict"] for element in app.get("bidi_component")]
    assert all(verdict.endswith("realistic, as random features tell.") for verdict in verdicts)
    assert "a judge needs labels, which these images do not have" in texts(app)


def test_a_set_of_few_images_shows_those_there_are() -> None:
    app = opened(pages.SAMPLES, "own-tiny")
    assert "over these 5 images" in texts(app)
    app = opened(pages.BETA, "own-tiny")
    assert not app.error
    assert "all 5 images are the same at every β" in texts(app)


def test_a_classifier_vae_is_not_offered_for_images_without_labels() -> None:
    said = "A ClassifierVAE needs labels, which these images do not have"
    app = opened(pages.DIGITS_ON_DEMAND, "own-wide")
    assert "A ClassifierVAE needs labels, which these images do not have" in texts(app)
    assert all(app.button(key=f"train_{key}").disabled for key in ("article", "own"))
    app.selectbox(key="model").set_value("classifier-vae").run()
    assert said in app.sidebar.error[0].value
    assert not [button for button in app.button if button.key == "retrain"]
    app = opened(pages.DIGITS_ON_DEMAND, "own-grey")
    assert not any(app.button(key=f"train_{key}").disabled for key in ("article", "own"))
    assert not re.search(r"\b(tells?|asks for a) (the )?digit\b|\bTen digits\b", texts(app))


def test_two_images_are_of_one_cluster_and_a_drawing_is_for_grey_images() -> None:
    app = opened(pages.TWO_IMAGES, "own-wide")
    assert [one.label for one in app.selectbox if one.key == "kind_class"] == ["Cluster"]
    assert "Are two images of one cluster nearer to each other than two images of different clusters" in texts(app)
    assert "in colour, and a drawing is grey" in texts(opened(pages.DRAW, "own-wide"))
    assert "in colour" not in texts(opened(pages.DRAW, "own-grey"))


@pytest.mark.parametrize("name", ["own-wide", "own-large"])
def test_the_browser_decodes_images_in_colour_as_the_model_does(name: str) -> None:
    dataset = SETS[name]
    header, arrays = sent(opened(pages.LATENT_SPACES, name))
    latents = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    for number, model in enumerate(("ae", "vae")):
        weights = {key.partition(".")[2]: array for key, array in arrays.items() if key.startswith(f"{number}.")}
        found = decode(header["panels"][number]["layers"], weights, latents)
        expected = load_model(load(f"{name}-{model}")).decode(torch.from_numpy(latents)).flatten(1)
        np.testing.assert_allclose(found, expected.numpy(), atol=3e-3)
        assert found.shape == (4, dataset.images[0].numel())


def test_a_classifier_vae_needs_labels() -> None:
    config = TrainConfig(model="classifier-vae", dataset="own-wide", epochs=1)
    with pytest.raises(DatasetError, match="ClassifierVAE needs labels, which these images do not have"):
        next(train(config, SETS["own-wide"]))
