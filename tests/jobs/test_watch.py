"""Looks at a model that trains: samples of the same z, and the share of realistic ones with its interval."""

import numpy as np
import pytest
import torch

from vae.generate.samples import prior_samples
from vae.jobs import watch
from vae.jobs.watch import SHARE_SAMPLES, Watch, wilson
from vae.models.autoencoders import VAE, ClassifierVAE
from vae.training.reports import Look, Losses


class OnlyBright:
    """A test that images of mean above a half pass."""

    def realistic(self, images: torch.Tensor) -> np.ndarray:
        return (images.float().flatten(1).mean(1) > 127).numpy()


def look_at(model: VAE, progress: float, elapsed: float) -> Look:
    latents = np.zeros((3, 2), np.float32)
    return Look(progress, 1, elapsed, 1.0, Losses(1, 2, 0, 3), latents, model)


def test_wilsons_interval_is_that_of_the_textbook_and_stays_within_0_and_1() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert wilson(10, 10)[1] == pytest.approx(1)


def test_the_share_comes_every_second_and_at_the_end_and_the_samples_at_every_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "SHARE_REST", 0.0)
    model = VAE((1, 8, 8), 2, hidden=(8,)).eval()
    told: list[tuple[dict[str, float], dict[str, np.ndarray]]] = []
    watching = Watch(OnlyBright(), lambda row, arrays: told.append((row, arrays)))  # type: ignore[arg-type]
    for progress, elapsed in ((0.0, 0.0), (0.1, 0.5), (0.2, 1.1), (1.0, 1.5)):
        watching(look_at(model, progress, elapsed))
    assert ["realistic" in row for row, _ in told] == [True, False, True, True]
    row, arrays = told[0]
    assert row["realistic_low"] <= row["realistic"] <= row["realistic_high"]
    bright = (prior_samples(model, SHARE_SAMPLES).reshape(SHARE_SAMPLES, -1).mean(1) > 127).mean()
    assert row["realistic"] == pytest.approx(bright)
    assert arrays["samples"].shape == (32, 1, 8, 8)
    assert (told[1][1]["samples"] == arrays["samples"]).all()


def test_a_classifier_vae_is_asked_for_its_classes_in_turn() -> None:
    model = ClassifierVAE((1, 8, 8), 2, hidden=(8,), classes=3).eval()
    assert prior_samples(model, 7).shape == (7, 1, 8, 8)
