"""The recipe and the presets."""

from dataclasses import replace

import pytest
import torch

from vae.data.dataset import Dataset
from vae.measure.evaluate import evaluate
from vae.training.build import build_model
from vae.training.config import ConfigError, TrainConfig
from vae.training.loop import train
from vae.training.recipe import ARTICLE, OWN, conv_channels, recommended, recommended_body, recommended_latent_dim


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


@pytest.mark.parametrize(
    ("shape", "body", "left"),
    [
        ((1, 8, 8), "mlp", 4),
        ((1, 28, 28), "mlp", 7),
        ((3, 32, 32), "conv", 8),
        ((3, 32, 48), "conv", 6),
        ((3, 64, 64), "conv", 8),
        ((1, 128, 96), "conv", 8),
    ],
)
def test_larger_images_get_a_conv_body_that_leaves_4_to_8_pixels(
    shape: tuple[int, int, int], body: str, left: int
) -> None:
    assert recommended_body(shape) == body
    assert -(-max(shape[1:]) // 2 ** len(conv_channels(shape))) == left
    recipe = recommended(10, "conv", shape, epochs=5)
    model = build_model(TrainConfig(latent_dim=10, body="conv", epochs=5, **recipe), shape)
    assert model.decode(torch.zeros(2, 10)).shape == (2, *shape)


@pytest.mark.parametrize(("images", "batch"), [(40, 16), (388, 16), (1_600, 64), (3_072, 128), (60_000, 128)])
def test_a_conv_body_takes_small_batches_of_few_images(images: int, batch: int) -> None:
    assert recommended(32, "conv", (3, 64, 64), seconds=60.0, images=images)["batch_size"] == batch


def test_first_models_of_small_images_have_a_plane_and_those_of_large_ones_more() -> None:
    assert recommended_latent_dim((1, 28, 28)) == 2
    assert recommended_latent_dim((3, 64, 64)) == 32


def test_a_conv_body_may_have_five_levels() -> None:
    config = TrainConfig(body="conv", hidden=(4, 4, 4, 4, 4), epochs=1)
    assert build_model(config, (3, 128, 128)).decode(torch.zeros(1, 2)).shape == (1, 3, 128, 128)
    with pytest.raises(ConfigError, match="takes at most 5, not 6"):
        TrainConfig(body="conv", hidden=(4,) * 6, epochs=1)
