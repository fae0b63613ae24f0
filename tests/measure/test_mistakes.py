"""Symptoms in numbers: differences are paired, and decoding the mean gives a number that is too good."""

from dataclasses import replace

import numpy as np
import pytest

from vae.data.dataset import Dataset
from vae.folders import ROOT
from vae.measure.evaluate import losses_per_image
from vae.measure.mistakes import compared, losses, reconstruction_at_mean, recorded_samples
from vae.storage.checkpoints import read_checkpoint
from vae.training.config import TrainConfig
from vae.training.loop import train

AE, VAE = (read_checkpoint(ROOT / "checkpoints" / name) for name in ("ae-20d", "vae-20d"))


def test_a_difference_is_wrong_minus_right_and_paired() -> None:
    random = np.random.default_rng(0)
    hard = random.normal(100, 30, 500)
    found = compared(hard + 2 + random.normal(0, 0.1, 500), hard)
    assert found.difference is not None
    assert found.wrong - found.right == pytest.approx(2, abs=0.05)
    assert 1.9 < found.difference.low < found.difference.value < found.difference.high < 2.1


def test_the_mean_decodes_better_than_a_draw_does(small: Dataset) -> None:
    config = TrainConfig(steps=150, hidden=(24,), batch_size=32)
    *_, report = train(config, small)
    right = losses(losses_per_image(report.model.eval(), small, config))
    assert np.allclose(right["negative_elbo"], right["kl"] + right["reconstruction"])
    found = compared(reconstruction_at_mean(report.model, small, config), right["reconstruction"])
    assert found.difference is not None
    assert found.difference.high < 0


def test_samples_of_the_same_z_are_pairs() -> None:
    found = recorded_samples(AE, VAE, "realistic")
    assert found is not None
    assert found.difference is not None
    assert found.difference.value == pytest.approx(found.wrong - found.right)
    assert found.difference.decided
    # Of another latent size they are no pairs.
    other = recorded_samples(AE, read_checkpoint(ROOT / "checkpoints" / "vae-2d"), "realistic")
    assert other is not None
    assert other.difference is None


def test_what_was_not_measured_is_not_compared() -> None:
    assert recorded_samples(replace(AE, metrics={}), VAE, "realistic") is None
    assert recorded_samples(AE, VAE, "wit") is None
