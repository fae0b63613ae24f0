"""The folded settings: all of a run can be given, stand in the address, and follow the recipe until they are given."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page, texts
from vae.data.names import TITLES
from vae.training.config import START_SETTINGS, TrainConfig
from vae.training.recipe import recommended
from vae.ui.frame import pages, presets, retrain, settings

pytestmark = pytest.mark.usefixtures("fresh")
PAGE = pages.BETA_TRANSLATOR  # which draws no model, so that it opens quickly
# Not a field of the form: the device, where the machine has only one, the run before, which is chosen above, and a
# mistake, which the page Break it makes.
ELSEWHERE = {"device", "mistake", *START_SETTINGS}
UNUSUAL = (
    TrainConfig(
        latent_dim=7,
        body="conv",
        hidden=(8, 16),
        activation="relu",
        likelihood="gaussian",
        input_noise=0.3,
        sigma=0.25,
        beta=1 / 3,
        beta_warmup=0.25,
        steps=40,
        batch_size=64,
        learning_rate=2e-4,
        schedule="constant",
        adam_beta2=0.9,
        seed=5,
    ),
    TrainConfig(model="classifier-vae", classifier_weight=3.5, binarised=True, seconds=2.5),
    TrainConfig(model="ae", dataset="kmnist", epochs=3, precision="bfloat16"),
    TrainConfig(epochs=4, **recommended(2, "mlp", epochs=4)),
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TrainConfig]:
    """The settings of all runs that Retrain asks for, none of which is trained."""
    found: list[TrainConfig] = []
    monkeypatch.setattr(retrain, "submit", lambda plan: found.extend(plan.configs))
    return found


def press(app: AppTest) -> None:
    app.button(key="retrain").click().run()
    assert not app.exception


@pytest.mark.parametrize("config", UNUSUAL, ids=lambda config: config.default_name())
def test_a_run_fills_the_form_exactly_also_through_the_address(
    config: TrainConfig, folder: Path, asked: list[TrainConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(presets.FIXED, "The article's ClassifierVAE", config)
    app = open_page(PAGE, dataset=TITLES[config.dataset], seed=str(config.seed))
    app.selectbox(key="preset").set_value("The article's ClassifierVAE").run()
    press(app)
    press(open_page(PAGE, **{key: app.query_params[key] for key in app.query_params}))
    # An address has a β in six digits.
    assert asked == [config, replace(config, beta=float(f"{config.beta:g}"))]


def test_the_form_reaches_every_setting_of_a_run() -> None:
    reached = {
        field.name
        for field in fields(TrainConfig)
        if any(getattr(config, field.name) != field.default for config in UNUSUAL)
    }
    assert reached | ELSEWHERE == {field.name for field in fields(TrainConfig)}
    shown = {"latent_dim", "beta", "mistake", *START_SETTINGS, *settings.BUDGETS, *settings.KEYS}
    assert shown == {field.name for field in fields(TrainConfig)}


def test_empty_fields_follow_the_recipe_and_those_that_the_user_fills_do_not(
    folder: Path, asked: list[TrainConfig]
) -> None:
    app = open_page(PAGE)
    assert app.text_input(key="hidden").placeholder == "200-200-200 (recommended)"
    assert app.number_input(key="batch_size").placeholder == "256 (recommended)"
    app.number_input(key="batch_size").set_value(64).run()
    assert app.number_input(key="batch_size").label == "Batch size · *changed*"
    assert "You have changed “Recommended settings”: batch size 64 instead of 256." in texts(app)
    app.number_input(key="latent").set_value(20)
    app.number_input(key="seconds").set_value(60.0).run()
    assert app.text_input(key="hidden").placeholder == "400-400 (recommended)"
    press(app)
    expected = recommended(20, "mlp", seconds=60.0) | {"batch_size": 64}
    assert asked[0] == TrainConfig(latent_dim=20, seconds=60.0, **expected)
    app.button(key="to_recipe").click().run()
    assert app.number_input(key="batch_size").value is None
    assert "You have changed" not in texts(app)


def test_fields_that_say_nothing_about_a_run_are_not_shown(folder: Path) -> None:
    def shown(app: AppTest) -> set[str]:
        keys = {widget.key for widget in [*app.number_input, *app.toggle]}
        return keys & {"sigma", "binarised", "classifier_weight"}

    app = open_page(PAGE)
    assert shown(app) == {"binarised"}
    app.toggle(key="binarised").set_value(True).run()
    app.selectbox(key="likelihood").set_value("gaussian").run()
    assert not app.error  # a toggle that is hidden binarises nothing
    assert shown(app) == {"sigma"}
    app.selectbox(key="likelihood").set_value("optimal-gaussian").run()
    app.selectbox(key="model").set_value("classifier-vae").run()
    assert shown(app) == {"classifier_weight"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("256 x 256", "hidden sizes are numbers such as 256-256-256, not '256 x 256'"),
        ("256-0", "hidden sizes must be 1 to 6 numbers from 1 to 4096"),
    ],
)
def test_hidden_sizes_that_no_model_has_are_refused_in_words(
    text: str, message: str, folder: Path, asked: list[TrainConfig]
) -> None:
    app = open_page(PAGE)
    app.text_input(key="hidden").set_value(text).run()
    assert message in texts(app)
    assert not any(button.key == "retrain" for button in app.button)
    app.text_input(key="hidden").set_value("30, 20").run()
    press(app)
    assert asked[0].hidden == (30, 20)


@pytest.mark.parametrize("text", ["x", "", "nan", "inf", "-1", "1e400", "²", "9" * 30])
def test_any_text_in_any_parameter_gives_the_default(text: str, folder: Path, asked: list[TrainConfig]) -> None:
    keys = ["beta", "latent", "budget", *settings.BUDGETS, "ae_too", "preset", *settings.KEYS]
    app = open_page(PAGE, **dict.fromkeys(keys, text))
    assert not app.error
    press(app)
    assert asked[0] == TrainConfig(seconds=10.0, **recommended(2, "mlp", seconds=10.0))


def test_a_data_set_that_is_not_here_says_that_it_is_downloaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.ui.frame.data_set.downloaded", lambda name: name == "mnist")
    app = open_page(PAGE)
    app.selectbox(key="dataset").set_value("kmnist").run()
    assert "KMNIST is not on this machine: the run begins with a download" in texts(app)
    assert "not known before KMNIST is downloaded" in texts(app)


def test_the_form_says_which_precision_is_the_faster_one_here(
    folder: Path, asked: list[TrainConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.jobs.trainer.Trainer.precision_of", lambda trainer, config: "bfloat16")
    app = open_page(PAGE)
    assert "On this machine, this model trains in bfloat16." in texts(app)
    app.selectbox(key="precision").set_value("float32").run()
    assert "On this machine, this model" not in texts(app)
    press(app)
    assert asked[0].precision == "float32"
