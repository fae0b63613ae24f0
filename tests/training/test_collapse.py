"""Runs that are no better than the mean image: they say so, and those that learn are left alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.models.autoencoders import VAE
from vae.storage.checkpoints import list_checkpoints
from vae.training import loop
from vae.training.collapse import bounds, dead_units, largest_beta
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.recipe import ARTICLE, OWN, recommended
from vae.training.reports import EpochReport, Look

SMALL = TrainConfig(steps=200, hidden=(32,), batch_size=16)


def last(config: TrainConfig, dataset: Dataset) -> EpochReport:
    *_, report = train(config, dataset)
    return report


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"beta": 100.0},
            r"^collapsed: it reconstructs no better than the average image \(32 nats per image\), because β is 100 and "
            r"the posterior collapses where β is near 16 or above it; set β to 4 and train again\.$",
        ),
        (
            {"model": "ae", "activation": "relu", "hidden": (64, 64), "learning_rate": 0.3},
            r"^collapsed: .* because a learning rate of 0.3 has made 100% of the units of a layer give the same value "
            r"for every image; set the learning rate to 0.008 and",
        ),
        (
            {"activation": "sigmoid", "hidden": (64, 64)},
            "^not learned anything yet: .* sigmoid units learn slowly; set the activation to gelu and",
        ),
        (
            {"steps": 3},
            "^not learned anything yet: .* 3 training steps are too few; set the budget in steps to 200 and",
        ),
    ],
)
def test_a_run_that_ends_no_better_than_the_mean_image_says_so_and_why(
    changes: dict[str, Any], words: str, small: Dataset
) -> None:
    report = last(replace(SMALL, **changes), small)
    expected = bounds(mean_of(small), small.test_images, "bernoulli", None)
    assert expected is not None
    assert report.test.reconstruction > 0.99 * expected.mean_image
    assert re.search(words, report.collapse), report.collapse


def mean_of(dataset: Dataset) -> torch.Tensor:
    return dataset.train_images.float().mean(0) / 255


def test_a_run_says_it_while_it_trains_but_not_in_its_first_tenth(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(loop, "LOOK_SHARE", 1e9)
    looks: list[Look] = []
    reports = list(train(replace(SMALL, beta=1000.0), small, on_look=looks.append))
    early = [look.collapse for look in looks if look.progress < 0.1]
    late = [look.collapse for look in looks if look.progress > 0.3]
    assert set(early) == {""}
    assert all(said.startswith("collapsed") for said in late)
    assert reports[0].collapse.startswith("collapsed")


@pytest.mark.parametrize("model", ["ae", "vae", "classifier-vae"])
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "optimal-gaussian"])
def test_a_run_that_learns_says_nothing(
    model: str, likelihood: str, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.0)
    looks: list[Look] = []
    config = replace(SMALL, model=model, likelihood=likelihood, steps=100)
    reports = list(train(config, small, on_look=looks.append))
    assert words_of([*reports, *looks]) == {""}


def test_images_that_are_all_alike_leave_nothing_to_be_learned(small: Dataset) -> None:
    alike = replace(small, images=torch.full_like(small.images, 90))
    assert bounds(mean_of(alike), alike.test_images, "bernoulli", None) is None
    assert last(replace(SMALL, steps=20), alike).collapse == ""


def test_what_fits_its_training_images_alone_has_not_collapsed() -> None:
    # Noise without structure: the decoder can learn the few training images by heart, and nothing of the test images.
    random = np.random.default_rng(0)
    images = torch.from_numpy(random.integers(0, 2, (60, 1, 8, 8), dtype=np.uint8) * 255)
    noise = Dataset("mnist", images, torch.zeros(60, dtype=torch.int64), 20, ("all",), "f" * 64)
    report = last(TrainConfig(model="ae", latent_dim=16, steps=400, hidden=(64,), batch_size=20), noise)
    known = bounds(mean_of(noise).clamp(0.02, 0.98), noise.test_images, "bernoulli", None)
    assert known is not None
    assert known.no_better(report.test.reconstruction)
    assert report.collapse == ""


def test_the_mean_images_loss_is_its_cross_entropy_or_its_squared_error() -> None:
    images = torch.tensor([0, 255], dtype=torch.uint8)[:, None, None, None].expand(2, 1, 8, 8)
    mean = torch.full((1, 8, 8), 0.25)
    found = bounds(mean, images, "bernoulli", None)
    assert found is not None
    assert found.mean_image == pytest.approx(64 * -(np.log(0.25) + np.log(0.75)) / 2, rel=1e-5)
    assert found.least == pytest.approx(0, abs=1e-3)
    found = bounds(mean, images, "gaussian", 2.0)
    assert found is not None
    assert found.mean_image - found.least == pytest.approx(64 * (0.25**2 + 0.75**2) / 2 / (2 * 2.0**2), rel=1e-4)
    assert found.no_better(found.mean_image)
    assert not found.no_better(found.least)


@pytest.mark.parametrize(("likelihood", "sigma"), [("gaussian", 0.5), ("optimal-gaussian", None), ("bernoulli", None)])
def test_the_largest_beta_is_the_eigenvalue_of_images_along_one_direction(likelihood: str, sigma: float | None) -> None:
    # Half of the images are brighter than the mean by 50 levels everywhere, and half are darker.
    levels = torch.tensor([77, 177], dtype=torch.uint8).repeat(50)
    images = levels[:, None, None, None].expand(100, 1, 8, 8)
    mean = images.float().mean(0) / 255
    apart = 64 * (50 / 255) ** 2  # the variance along that direction
    m = 127 / 255
    variance = {"gaussian": 0.25, "optimal-gaussian": (50 / 255) ** 2, "bernoulli": m * (1 - m)}[likelihood]
    assert largest_beta(images, mean, likelihood, sigma) == pytest.approx(apart / variance, rel=1e-4)


def test_units_that_give_one_value_for_all_images_are_dead(small: Dataset) -> None:
    model = VAE((1, 8, 8), 2, hidden=(20,), activation="relu")
    pixels = small.test_images.float() / 255
    before = dead_units(model, pixels)
    last_layer = model.encoder[1]
    assert isinstance(last_layer, torch.nn.Linear)
    with torch.no_grad():
        last_layer.bias.fill_(-100)
    assert before < 0.8
    assert dead_units(model, pixels) == 1


def test_no_shipped_run_is_no_better_than_the_mean_image(mnist: Dataset) -> None:
    sets = {"mnist": mnist, "clothes": load_dataset("clothes")}
    runs, _ = list_checkpoints()
    assert {run.config.dataset for run in runs} == sets.keys()
    assert len(runs) > 25
    for run in runs:
        if run.config.mistake:  # it shows what a mistake does
            continue
        images, sigma = sets[run.config.dataset], run.metric("sigma")
        mean = mean_of(images).clamp(1e-5, 1 - 1e-5)
        known = bounds(mean, images.test_images[:2_000], run.config.likelihood, sigma)
        assert known is not None
        reconstruction = run.metric("test_reconstruction")
        assert reconstruction is not None
        # The first 2,000 images cost the mean image a few nats less than all do: this asks for more than the run does.
        assert not known.no_better(reconstruction), run.name


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        *({"beta": beta, "latent_dim": size} for size in (2, 10, 20) for beta in (0.0, 1.0, 16.0)),
        *({"model": "ae", "latent_dim": size} for size in (2, 20)),
        {"body": "conv", "steps": 150},
        {"model": "ae", "latent_dim": 20, "input_noise": 0.5},
        {"likelihood": "gaussian"},
        {"likelihood": "optimal-gaussian", "latent_dim": 10},
        {"binarised": True},
        {"seconds": 10.0},
        {"seconds": 10.0, "latent_dim": 20},
    ],
)
def test_runs_of_mnist_by_the_recipe_say_nothing_at_any_time(changes: dict[str, Any], mnist: Dataset) -> None:
    changes = ({} if "seconds" in changes else {"steps": 400}) | changes
    budget: dict[str, Any] = {key: changes.get(key) for key in ("steps", "seconds")}
    recipe = recommended(changes.get("latent_dim", 2), changes.get("body", "mlp"), **budget)
    assert said_by(TrainConfig(**recipe | changes), mnist) == {""}


@pytest.mark.slow
@pytest.mark.parametrize("config", [replace(ARTICLE, epochs=3), replace(OWN, epochs=1)])
def test_the_classifier_vaes_presets_say_nothing_at_any_time(config: TrainConfig, mnist: Dataset) -> None:
    assert said_by(config, mnist) == {""}


def said_by(config: TrainConfig, dataset: Dataset) -> set[str]:
    looks: list[Look] = []
    reports = list(train(config, dataset, on_look=looks.append))
    return words_of([*reports, *looks])


def words_of(told: Sequence[EpochReport | Look]) -> set[str]:
    return {one.collapse for one in told}
