"""TrainConfig: what it refuses, what it records, and the command that it says trains a run again."""

import shlex
from dataclasses import asdict, replace
from typing import Any

import pytest

from vae.cli.arguments import parser
from vae.cli.commands.train import config_of
from vae.training.config import ConfigError, TrainConfig, config_from_json, differences


def test_every_value_out_of_range_is_named_in_one_message() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig(model="gan", latent_dim=129, beta=-1.0, epochs=0, batch_size=1, learning_rate=float("nan"))
    for word in ("model must be one of", "latent size", "β must be", "epochs", "batch size", "learning rate"):
        assert word in str(caught.value)


@pytest.mark.parametrize("budget", [{}, {"epochs": 1, "seconds": 2.0}, {"epochs": 1, "steps": 1, "seconds": 1.0}])
def test_a_run_has_exactly_one_budget(budget: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="exactly one budget"):
        TrainConfig(**budget)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"latent_dim": "2"}, "latent size must be a whole number, not '2'"),
        ({"latent_dim": True}, "latent size must be a whole number, not True"),
        ({"hidden": [400, 4.5]}, "hidden layers must be a list of whole numbers"),
        ({"beta": None}, "β must be a number, not None"),
        ({"colour": 1}, "unknown key 'colour'"),
    ],
)
def test_json_with_a_wrong_type_or_an_unknown_key_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config_from_json(asdict(TrainConfig(epochs=1)) | wrong)


def test_json_without_a_setting_that_came_later_has_its_default() -> None:
    settings = asdict(TrainConfig(epochs=1, beta_warmup=0.5))
    del settings["beta_warmup"]
    assert config_from_json(settings).beta_warmup == 0.0
    del settings["hidden"]
    with pytest.raises(ConfigError, match="missing key 'hidden'"):
        config_from_json(settings)


def test_the_learning_rate_warms_up_over_a_tenth_and_ends_at_a_thousandth() -> None:
    config = TrainConfig(epochs=1, learning_rate=1.0)
    assert config.learning_rate_at(0.05) == pytest.approx(0.5)
    assert config.learning_rate_at(0.1) == pytest.approx(1.0)
    assert config.learning_rate_at(0.55) == pytest.approx(0.5, abs=0.01)
    assert config.learning_rate_at(1.0) == pytest.approx(1e-3)
    rates = [config.learning_rate_at(0.1 + 0.009 * i) for i in range(100)]
    assert rates == sorted(rates, reverse=True)
    assert replace(config, schedule="constant").learning_rate_at(0.9) == 1.0


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(epochs=3),
        TrainConfig(model="ae", latent_dim=20, steps=50, hidden=(400,), seed=7),
        TrainConfig(model="classifier-vae", likelihood="gaussian", sigma=0.25, epochs=20, activation="sigmoid"),
        TrainConfig(model="multi-rate-vae", latent_dim=10, epochs=40),
        TrainConfig(binarised=True, epochs=2),
        TrainConfig(beta=0.05, beta_warmup=0.3, epochs=1, body="conv", hidden=(8, 16), schedule="constant"),
    ],
)
def test_the_command_of_a_run_parses_back_into_its_config(config: TrainConfig) -> None:
    words = shlex.split(config.command("again"))
    assert words[:4] == ["python", "-m", "vae", "train"]
    assert config_of(parser().parse_args(words[3:])) == config


def test_the_command_of_a_run_by_seconds_names_the_steps_it_took() -> None:
    config = TrainConfig(seconds=10.0)
    parsed = config_of(parser().parse_args(shlex.split(config.command("again", steps=1234))[3:]))
    assert parsed == replace(config, seconds=None, steps=1234)


def test_differences_name_what_makes_a_comparison_unfair() -> None:
    one, other = TrainConfig(model="ae", epochs=1), TrainConfig(beta=4.0, hidden=(256, 128), epochs=1)
    found = differences(one, other, ignoring=("model", "beta"))
    assert found == ["hidden layers (400-400 and 256-128)"]


def test_binarised_pixels_are_no_gaussians() -> None:
    with pytest.raises(ConfigError, match="binarised images go with likelihood bernoulli, not 'gaussian'"):
        TrainConfig(epochs=1, binarised=True, likelihood="gaussian")
