"""A multi-rate VAE in the sidebar: β acts at once on all pages, a model for one β is trained beside it, and itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.app import finish, open_page, texts
from tests.helpers.browser_messages import sent
from vae.data.dataset import Dataset
from vae.models.codes import encode_posteriors
from vae.storage.checkpoints import load
from vae.storage.frozen import alike, frozen
from vae.storage.metrics import add_metrics
from vae.storage.models import load_model
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.reports import EpochReport
from vae.ui.frame import pages
from vae.ui.shared import server

pytestmark = pytest.mark.usefixtures("fresh")
NAME = "every-vae-2d"
CONFIG = TrainConfig(model="multi-rate-vae", steps=400, hidden=(32,), batch_size=64, precision="float32", device="cpu")


@pytest.fixture(scope="module")
def reports(mnist: Dataset) -> list[EpochReport]:
    """The course of a multi-rate VAE that is trained for a moment."""
    return list(train(CONFIG, mnist))


@pytest.fixture(autouse=True)
def _every(copies: Path, mnist: Dataset, reports: list[EpochReport]) -> None:
    """A multi-rate VAE beside the shipped pairs."""
    for _ in record(iter(reports), NAME, CONFIG, mnist):
        pass


def test_the_slider_moves_every_page_with_no_training(mnist: Dataset) -> None:
    app = open_page(pages.LATENT_SPACES, vae=NAME, beta="4")
    told = {}
    for beta in (4.0, 16.0):
        app.select_slider(key="beta").set_value(beta).run()
        header, arrays = sent(app)
        assert header["panels"][1]["title"].startswith(f"{NAME} at β {beta:g}, ")
        _, deviations = encode_posteriors(load_model(frozen(load(NAME), beta)), mnist.test_images[:100])
        assert deviations is not None
        np.testing.assert_allclose(arrays["1.deviations"][:100], deviations, rtol=2e-3)
        assert f"Every page shows {NAME} at β {beta:g}, with no training." in texts(app)
        told[beta] = {metric.label: metric.value for metric in app.metric}
    assert told[4.0] != told[16.0]
    assert not [job for job in server.trainer().jobs if job.owner == app.session_state["session"]]
    app.select_slider(key="beta").set_value(20.0).run()
    assert f"{NAME} covers β from 0.05 to 16, so that every page shows it at β 16." in texts(app)


def test_numbers_that_were_measured_at_beta_1_are_shown_at_no_other() -> None:
    add_metrics(load(NAME).stored, {"knn_accuracy": 0.123, "silhouette": 0.456, "active_units": 2})
    app = open_page(pages.LATENT_SPACES, vae=NAME)
    assert [metric.value for metric in app.metric].count("12.3%") == 1
    app.select_slider(key="beta").set_value(8.0).run()
    assert "12.3%" not in [metric.value for metric in app.metric]
    app.switch_page(pages.SAMPLES.path).run()
    assert f"Those of {NAME} are measured at β 1 alone, and it is shown at β 8." in texts(app)


def test_one_model_is_trained_for_a_beta_alone_and_compared_at_that_beta() -> None:
    app = open_page(pages.BETA_TRANSLATOR, vae=NAME, beta="4")
    button = app.button(key="retrain")
    assert button.label == "Train one model for β = 4 alone"
    assert not any(radio.key == "start_from" for radio in app.radio)
    app.number_input(key="seconds").set_value(1)
    button.click().run()
    job = finish(app)
    assert job.state == "done", job.error
    config = job.runs[0].config
    assert (config.model, config.beta, config.start, config.hidden) == ("vae", 4.0, "", CONFIG.hidden)
    assert app.session_state["vae"] == job.names[0] == "vae-2d-beta4"
    said = texts(app)
    assert f"The two models differ in the β that they learned ({NAME} at β 4 learned every β, the other one" in said
    assert any(title.value == f"Before and after: {NAME} at β 4 → vae-2d-beta4" for title in app.subheader)
    deltas = {metric.label: metric.delta for metric in app.metric if metric.delta}
    assert "KL, nats" in deltas


def test_the_form_trains_a_model_for_every_beta() -> None:
    app = open_page(pages.RUNS)
    app.selectbox(key="model").set_value("multi-rate-vae").run()
    assert app.button(key="retrain").label == "Train one model for every β"
    assert not any(slider.key == "beta" for slider in app.select_slider)
    assert (app.selectbox(key="budget").value, app.number_input(key="epochs").value) == ("epochs", 40)
    app.selectbox(key="model").set_value("vae").run()
    assert app.selectbox(key="budget").value == "seconds"
    app.selectbox(key="model").set_value("multi-rate-vae").run()
    app.selectbox(key="budget").set_value("steps").run()
    app.number_input(key="steps").set_value(100)
    app.text_input(key="hidden").set_value("32").run()
    assert "The result will be compared with vae-2d at the same β." in texts(app)
    app.button(key="retrain").click().run()
    job = finish(app)
    assert job.state == "done", job.error
    made = job.names[0]
    assert (load(made).model, load(made).config.beta, app.selectbox(key="vae").value) == ("multi-rate-vae", 1.0, made)
    assert f"{made} at β 1 learned every β, the other one alone" in texts(app)
    (table,) = app.dataframe
    assert dict(zip(table.value["name"], table.value["model"], strict=True))[made] == "VAE, every β"
    assert np.isnan(dict(zip(table.value["name"], table.value["β"], strict=True))[made])
    assert app.button(key="retrain").label == "Train one model for β = 1 alone"
    app.select_slider(key="beta").set_value(0.5).run()  # which the new model has
    assert f"Every page shows {made} at β 0.5, with no training." in texts(app)
    app.switch_page(pages.TRAINING.path).run()
    assert f"The training loss of {made} is over the β that were drawn" in texts(app)


def test_two_runs_are_compared_at_one_beta() -> None:
    one, other = load(NAME), load("vae-2d")
    config = replace(other.config, beta=4.0)
    assert [run.title for run in alike(one, replace(other, config=config))] == [f"{NAME} at β 4", "vae-2d"]
    assert [run.title for run in alike(one, one)] == [f"{NAME} at β 1"] * 2
    assert frozen(one, 100.0).frozen_at == 20
    assert frozen(one, 4.0).command == one.command
    assert frozen(other, 4.0) is other
