"""The β translator's page: presets, a link, pasted lines, the way into the Retrain form, and nonsense."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page, texts
from tests.helpers.in_view import MOST_WORDS, words_in_view
from vae.beta.balance import Convention, balance
from vae.beta.code_bases import PRESETS
from vae.ui.frame import pages
from vae.ui.frame.beta_scale import BETAS, nearest_beta

PAGE = pages.BETA_TRANSLATOR
PYTORCH_VAE = {
    "t_reconstruction": "squared error",
    "t_pixels": "mean",
    "t_kl_weight": "0.00025",
    "t_channels": "3",
    "t_height": "64",
    "t_width": "64",
    "t_latent_dim": "128",
    "t_batch_size": "64",
}


def settings(app: AppTest) -> dict[str, Any]:
    return {name: app.session_state[f"t_{name}"] for name in asdict(Convention())}


def values(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def sound(app: AppTest) -> AppTest:
    assert not app.exception, [e.value for e in app.exception]
    return app


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_every_preset_fills_the_form_and_is_answered(shipped: Path) -> None:
    app = open_page(PAGE)
    assert app.selectbox(key="t_preset").value == "This app, Bernoulli"
    assert values(app) == ["1"]
    assert "**The loss is the negative ELBO.**" in texts(app)
    for name in ("PyTorch-VAE", "Keras' example", "Mean error, summed KL"):
        sound(app.selectbox(key="t_preset").set_value(name).run())
        assert settings(app) == asdict(PRESETS[name].convention)
        assert app.selectbox(key="t_preset").value == name
        table = app.dataframe[0].value.set_index("code")
        assert table.loc["This app", "weight of its KL"] == pytest.approx(balance(PRESETS[name].convention).app_beta)
    assert "the batch size is part of the balance" in app.warning[0].value
    assert "where its slider ends, instead of 200,704" in texts(app)
    assert len(app.code) == len(app.dataframe[0].value)
    assert words_in_view(app) <= MOST_WORDS


def test_a_link_opens_the_same_view(shipped: Path) -> None:
    app = open_page(PAGE, **PYTORCH_VAE)
    assert app.selectbox(key="t_preset").value == "PyTorch-VAE"
    assert values(app) == ["6.144", "1.239", "3.072"]
    assert "read in AntixK/PyTorch-VAE" in texts(app)
    assert "24,576 times smaller" in texts(app)
    assert "σ = 1.239" in texts(app)
    sound(app.selectbox(key="t_pixel_range").set_value("-1 to 1").run())
    assert app.selectbox(key="t_preset").value is None
    assert values(app) == ["1.536", "0.6197", "0.768"]
    assert "1.239 in the units of pixels from -1 to 1" in texts(app)


def test_the_beta_goes_into_the_retrain_form_as_near_as_its_slider_can_say_it(shipped: Path) -> None:
    app = open_page(PAGE, **PYTORCH_VAE)
    assert "likelihood **Gaussian, σ = 0.5** and β = **6**, the step of its slider that is nearest to 6.144" in texts(
        app
    )
    sound(app.button(key="t_use").click().run())
    assert app.select_slider(key="beta").value == 6.0
    assert app.selectbox(key="likelihood").value == "gaussian"
    assert "form now has the likelihood" in texts(app)
    assert "--likelihood gaussian --beta 6.144" in app.code[0].value
    app.number_input(key="t_kl_weight").set_value(0.0005)
    sound(app.button(key="t_use").click().run())  # typed and clicked before the page was drawn again
    assert app.select_slider(key="beta").value == 12.0


def test_the_nearest_step_is_that_of_a_logarithm() -> None:
    assert [nearest_beta(beta) for beta in (0, 0.001, 1, 6.144, 1e6)] == [0, 0.01, 1, 6, 20]
    assert [nearest_beta(beta) for beta in BETAS] == BETAS


def test_pasted_lines_fill_what_they_decide_and_leave_the_rest(shipped: Path) -> None:
    app = open_page(PAGE, **PYTORCH_VAE)
    app.text_area(key="t_code").set_value(
        "recon = 0.5 * F.mse_loss(x_hat, x, reduction='sum') / B\n"
        "kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / B\nloss = recon + beta * kl"
    )
    sound(press(app, "Read these lines into the form"))
    assert settings(app) == asdict(PRESETS["PyTorch-VAE"].convention) | {"pixels": "sum", "half": True}
    shown = texts(app)
    assert "a ½ before the squared error" in shown
    assert "the value of `beta`, the weight of the KL" in shown
    assert "`B` is the batch size" in shown
    app.text_area(key="t_code").set_value("((( `rm -rf` $x$ <b>")
    sound(press(app, "Read these lines into the form"))
    assert "is not Python that could be read" in texts(app)
    assert settings(app)["half"]


def test_a_loss_that_cannot_be_is_refused_in_words(shipped: Path) -> None:
    app = open_page(PAGE, t_pixel_range="-1 to 1")
    assert "a cross-entropy needs pixels from 0 to 1, not from -1 to 1" in app.error[0].value
    assert not app.metric
    sound(app.selectbox(key="t_reconstruction").set_value("Gaussian").run())
    assert not app.error
    assert values(app) == ["0.25", "0.25", "0.125"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("t_kl_weight", "-1"), ("t_sigma", "0"), ("t_width", "wide"), ("t_pixels", "median"), ("t_batch_size", "1e99")],
)
def test_nonsense_in_the_address_gives_way_to_the_default(parameter: str, value: str, shipped: Path) -> None:
    app = open_page(PAGE, **{parameter: value})
    assert settings(app) == asdict(Convention())


def test_extremes_and_an_emptied_preset_are_no_traceback(folder: Path) -> None:
    app = open_page(PAGE)
    sound(app.selectbox(key="t_preset").set_value(None).run())
    app.number_input(key="t_kl_weight").set_value(0.0)
    sound(app.selectbox(key="t_reconstruction").set_value("squared error").run())
    assert values(app) == ["0", "none", "0"]
    app.number_input(key="t_kl_weight").set_value(1e12)
    app.number_input(key="t_reconstruction_weight").set_value(1e-9)
    sound(app.number_input(key="t_width").set_value(1_000_000).run())
    assert "This loss has no balance" in app.error[0].value
