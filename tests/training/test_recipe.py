"""The recipe and the presets."""

from dataclasses import replace

import pytest

from vae.data.datasets import Dataset
from vae.measure.evaluate import evaluate
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.recipe import ARTICLE, OWN, recommended


def test_the_articles_settings_are_those_that_it_prints() -> None:
    command = ARTICLE.command("article")
    for words in (
        *("--model classifier-vae", "--latent-dim 10", "--hidden 128 ", "--activation sigmoid"),
        *("--likelihood gaussian", "--beta 1.0", "--epochs 20", "--batch-size 100", "--learning-rate 0.001"),
        "--schedule constant",
    ):
        assert words in command, words
    assert (ARTICLE.sigma, ARTICLE.classifier_weight) == (0.5, 10.0)


@pytest.mark.parametrize("preset", [ARTICLE, OWN])
def test_with_these_settings_both_losses_fall_and_the_run_is_measured(preset, small: Dataset) -> None:
    config = replace(preset, hidden=(64,), batch_size=32)
    first, *_, last = train(config, small)
    assert last.test.reconstruction + last.test.kl < first.test.reconstruction + first.test.kl
    assert last.test.cross_entropy < first.test.cross_entropy
    found = evaluate(last.model, small, config)
    assert found["asked_as_read"] is None  # there is no judge of these images
    assert 0 <= found["leakage"] <= 1
    assert found["diversity"] > 0


@pytest.mark.parametrize("latent_dim", [1, 2, 5, 20, 128])
@pytest.mark.parametrize("body", ["mlp", "conv"])
def test_the_recipe_is_a_config_and_a_short_run_has_a_higher_peak(latent_dim: int, body: str) -> None:
    short, long = (recommended(latent_dim, body, seconds=s) for s in (10.0, 300.0))
    assert short["learning_rate"] > long["learning_rate"]
    TrainConfig(latent_dim=latent_dim, body=body, epochs=1, **long)
