"""Advice on runs that collapse or diverge: it names settings that are possible, and with them a run learns."""

import re
from dataclasses import asdict, replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import event, given

from tests.helpers.fuzzing import fuzzed
from vae.data.dataset import Dataset
from vae.training import collapse
from vae.training.config import CHOICES, RANGES, TrainConfig
from vae.training.loop import train
from vae.training.recipe import recommended
from vae.training.remedy import Findings, describe, find_causes, remedied, tamed
from vae.training.reports import EpochReport, TrainingDivergedError

CONFIG = TrainConfig(steps=250)
FOUND = Findings(mean_image=206.0, largest_beta=32.0, dead=0.0, step=250, progress=1.0)


def test_a_large_beta_is_named_with_one_well_below_the_largest() -> None:
    config = replace(CONFIG, beta=100.0)
    assert "β is 100" in describe(config, FOUND)
    told = describe(config, FOUND)
    assert told.startswith("collapsed: it reconstructs no better than the average image (206 nats per image), because")
    assert told.endswith("the posterior collapses where β is near 32 or above it; set β to 8 and train again.")
    assert remedied(config, FOUND) == replace(config, beta=8.0)


def test_a_large_sigma_is_named_and_not_beta() -> None:
    config = replace(CONFIG, likelihood="gaussian", sigma=10.0)
    found = replace(FOUND, largest_beta=0.05)
    assert "β is 1 and, with a σ of 10, the posterior collapses" in describe(config, found)
    assert remedied(config, found) == replace(config, sigma=1.0)


def test_a_model_for_every_beta_is_replaced_by_a_vae_where_its_own_1_is_too_large() -> None:
    config = replace(CONFIG, model="multi-rate-vae", beta=1.0, beta_warmup=0.0)
    found = replace(FOUND, largest_beta=0.4)
    assert describe(config, found).endswith("; set the model to vae and β to 0.1 and train again.")
    assert remedied(config, found) == replace(config, model="vae", beta=0.1)


def test_a_rate_above_the_recipes_goes_down_to_it_and_one_far_below_goes_up() -> None:
    for rate in (0.3, 1e-5):
        assert remedied(replace(CONFIG, learning_rate=rate), FOUND).learning_rate == 8e-3
    assert "made 95% of the units of a layer give the same value for every image" in describe(
        replace(CONFIG, learning_rate=0.3), replace(FOUND, dead=0.95)
    )


def test_two_causes_are_both_removed() -> None:
    config = replace(CONFIG, beta=100.0, learning_rate=0.3)
    assert remedied(config, FOUND) == replace(config, beta=8.0, learning_rate=8e-3)


def test_a_run_that_trains_on_from_dead_units_is_advised_to_train_from_scratch() -> None:
    config = replace(CONFIG, start="dead-one", start_weights="0" * 64, learning_rate=4e-3)
    found = replace(FOUND, dead=1.0)
    assert describe(config, found).endswith(
        "100% of the units of a layer give the same value for every image; train from scratch."
    )
    assert remedied(config, found).start == ""


def test_no_advice_leaves_the_range_of_a_setting() -> None:
    assert tamed(replace(CONFIG, learning_rate=1e-6)) == {"learning_rate": 1e-6}


def test_slow_learning_is_not_told_of_a_run_that_has_only_begun() -> None:
    early = replace(FOUND, step=50, progress=0.2)
    assert describe(replace(CONFIG, activation="sigmoid"), early) == ""
    assert describe(replace(CONFIG, beta=100.0), early) != ""


@st.composite
def configs(draw: st.DrawFn) -> TrainConfig:
    """Draw settings that can be trained with, all over their ranges."""
    settings: dict[str, Any] = {
        name: draw(st.sampled_from(CHOICES[name])) for name in ("model", "likelihood", "schedule")
    }
    settings["activation"] = draw(st.sampled_from(["relu", "silu", "gelu", "tanh", "sigmoid"]))
    for name in ("input_noise", "sigma", "beta", "learning_rate", "adam_beta2"):
        settings[name] = draw(st.floats(*RANGES[name]))
    if settings["model"] == "multi-rate-vae":
        settings["beta"] = 1.0
    budget = draw(st.sampled_from(["epochs", "steps", "seconds"]))
    low, high = RANGES[budget]
    whole = st.integers(int(low), int(high))
    settings[budget] = draw(st.floats(low, high) if budget == "seconds" else whole)
    settings["hidden"] = tuple(draw(st.lists(st.integers(1, 500), min_size=1, max_size=3)))
    settings["body"] = draw(st.sampled_from(["mlp", "conv"]))
    settings["latent_dim"] = draw(st.integers(1, 128))
    if draw(st.booleans()):
        settings |= {"start": "before", "start_weights": "0" * 64}
    return TrainConfig(**settings)


@st.composite
def findings(draw: st.DrawFn, config: TrainConfig) -> Findings:
    largest = float("inf") if config.model == "ae" else draw(st.floats(1e-6, 1e4))
    progress, step = draw(st.floats(0.001, 1)), draw(st.integers(1, 10**7))
    return Findings(draw(st.floats(-1e5, 1e6)), largest, draw(st.floats(0, 1)), step, progress)


@pytest.mark.fuzz
@fuzzed(few=100, many=1_000)
@given(st.data())
def test_every_advice_is_one_sentence_with_settings_that_can_be_trained_with(data: st.DataObject) -> None:
    config = data.draw(configs())
    found = data.draw(findings(config))
    better = remedied(config, found)  # a ConfigError would fail
    changed = {name for name, value in asdict(config).items() if getattr(better, name) != value}
    said = describe(replace(config), replace(found, step=max(1, round(found.steps)), progress=1.0))
    event(", ".join(sorted(changed)) or "at the end of every range")
    assert re.match("(collapsed|not learned anything yet): it reconstructs no better", said)
    assert "\n" not in said
    assert said.count(". ") == 0
    assert find_causes(config, found)
    assert better != config or "budget" in said
    replace(config, **tamed(config))  # which is possible, too


# What ends at the mean image on MNIST, or diverges, and does not with the settings that the message advises.
BAD: list[dict[str, Any]] = [
    *({"activation": kind, "latent_dim": 20, "learning_rate": 0.3} for kind in ("relu", "silu", "tanh", "sigmoid")),
    *({"activation": "relu", "latent_dim": 20, "learning_rate": rate} for rate in (0.1, 1.0)),
    {"activation": "gelu", "latent_dim": 20, "learning_rate": 0.1},
    {"model": "ae", "activation": "relu", "learning_rate": 0.3},
    {"latent_dim": 128, "beta": 0.0, "learning_rate": 0.05},
    {"likelihood": "optimal-gaussian", "latent_dim": 20, "learning_rate": 0.1},
    {"likelihood": "optimal-gaussian", "latent_dim": 20, "learning_rate": 1.0},
    {"latent_dim": 20, "learning_rate": 0.03, "schedule": "constant", "adam_beta2": 0.5},
    *({"latent_dim": 20, "activation": kind, "schedule": "constant", "adam_beta2": 0.5} for kind in ("relu", "silu")),
    {"body": "conv", "activation": "relu", "steps": 100, "learning_rate": 0.3},
    {"body": "conv", "steps": 100, "learning_rate": 1.0},
    *({"activation": "sigmoid", "latent_dim": size} for size in (2, 20)),
    {"activation": "sigmoid", "latent_dim": 20, "hidden": (256,) * 6},
    {"activation": "sigmoid", "model": "ae"},
    *({"beta": beta} for beta in (32.0, 100.0, 1000.0)),
    {"beta": 100.0, "binarised": True},
    {"beta": 100.0, "learning_rate": 0.3, "activation": "relu"},
    {"beta": 24.0, "likelihood": "gaussian"},
    {"beta": 100.0, "likelihood": "optimal-gaussian"},
    {"likelihood": "gaussian", "sigma": 10.0},
    {"learning_rate": 1e-5},
    {"steps": 5},
    {"hidden": (1,)},
    {"model": "ae", "input_noise": 2.0},
    {"model": "ae", "latent_dim": 20, "input_noise": 1.0},
]


@pytest.mark.slow
@pytest.mark.parametrize("changes", BAD, ids=str)
def test_a_run_of_mnist_learns_with_the_advised_settings(
    changes: dict[str, Any], mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Findings] = []

    def noting(config: TrainConfig, found: Findings) -> str:
        seen.append(found)
        return describe(config, found)

    monkeypatch.setattr(collapse, "describe", noting)
    steps = changes.get("steps", 250)
    recipe = recommended(changes.get("latent_dim", 2), changes.get("body", "mlp"), steps=steps)
    config = TrainConfig(**{**recipe, "steps": steps, "precision": "float32", **changes})
    try:
        *_, report = train(config, mnist)
    except TrainingDivergedError:
        better = replace(config, **tamed(config))
    else:
        assert report.collapse
        better = remedied(config, seen[-1])
    *_, after = train(better, mnist)
    assert isinstance(after, EpochReport)
    assert after.collapse == ""
