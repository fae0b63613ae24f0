"""Presets: they fill the form with the settings of a paper, of this project or of a run."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.app import SHIPPED, open_page, texts
from vae.jobs.job import Job, Run
from vae.training.config import TrainConfig
from vae.training.recipe import ARTICLE
from vae.ui.frame import pages, retrain
from vae.ui.frame.presets import COMPARED, FIXED, RECIPE
from vae.ui.shared import server

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.mark.parametrize("name", FIXED)
def test_a_preset_is_trained_as_it_is_printed(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[TrainConfig] = []
    monkeypatch.setattr(retrain, "submit", lambda plan: asked.extend(plan.configs))
    app = open_page(pages.BETA_TRANSLATOR)
    app.number_input(key="seed").set_value(3).run()
    app.selectbox(key="preset").set_value(name).run()
    assert "You have changed" not in texts(app)
    app.button(key="retrain").click().run()
    assert asked == [replace(FIXED[name], seed=3)]
    app.number_input(key="learning_rate").set_value(0.5).run()
    assert f"You have changed “{name}”: learning rate 0.5 instead of" in texts(app)
    app.selectbox(key="preset").set_value(RECIPE).run()
    assert app.selectbox(key="model").value == "vae"
    assert app.number_input(key="learning_rate").value is None


def test_the_compared_vae_is_a_preset(copies: Path) -> None:
    app = open_page(pages.BETA_TRANSLATOR, vae="vae-20d", beta="8")
    app.selectbox(key="preset").set_value(COMPARED).run()
    assert app.number_input(key="latent").value == 20
    assert (app.selectbox(key="budget").value, app.number_input(key="epochs").value) == ("epochs", 60)
    assert app.select_slider(key="beta").value == 1
    assert "You have changed" not in texts(app)
    app.select_slider(key="beta").set_value(4.0).run()
    assert f"You have changed “{COMPARED}”: β 4 instead of 1." in texts(app)


def test_a_classifier_vae_of_the_form_is_found_on_its_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("classifier-vae-10d", "mine"):
        shutil.copytree(SHIPPED / "classifier-vae-10d", folder / name)
    app = open_page(pages.BETA_TRANSLATOR)
    app.selectbox(key="preset").set_value("The article's ClassifierVAE").run()
    job = Job("made here", [Run(ARTICLE, "mine", history=[{"epoch": 20.0}])], state="done")
    monkeypatch.setattr(server.trainer(), "submit", lambda configs, owner: job)
    monkeypatch.setattr(server.trainer(), "find", lambda job_id: job if job_id == job.id else None)
    app.button(key="retrain").click().run()
    assert "mine was trained and measured" in texts(app)
    assert "before" not in app.query_params  # a ClassifierVAE is no VAE to compare with the one before
    app.switch_page(pages.DIGITS_ON_DEMAND.path).run()
    assert app.selectbox(key="classifier-vae").value == "mine"
