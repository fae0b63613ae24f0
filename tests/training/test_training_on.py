"""A run that trains on: its weights, the course of its β, the settings that it keeps, and looks while it trains."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vae.data.dataset import Dataset
from vae.models.objectives import beta_between
from vae.training import loop
from vae.training.config import ConfigError, TrainConfig
from vae.training.loop import train
from vae.training.recipe import continued
from vae.training.reports import Look

SMALL = TrainConfig(epochs=4, hidden=(32,), batch_size=16)
WEIGHTS = "0" * 64


@pytest.fixture
def before(small: Dataset) -> dict[str, torch.Tensor]:
    """Weights of a trained run of the settings `SMALL`."""
    *_, report = train(SMALL, small)
    return {name: tensor.clone() for name, tensor in report.model.state_dict().items()}


def test_beta_moves_along_its_logarithm_over_the_first_third() -> None:
    assert beta_between(0, 1, 16) == 1
    assert beta_between(1 / 6, 1, 16) == pytest.approx(4)
    assert beta_between(1 / 3, 1, 16) == 16
    assert beta_between(1, 1, 16) == 16
    falling = [beta_between(share, 4, 0) for share in (0, 0.1, 0.2, 0.3, 0.34)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == 0


def test_the_first_look_shows_the_weights_that_the_run_starts_from(
    small: Dataset, before: dict[str, torch.Tensor]
) -> None:
    looks: list[Look] = []
    weights: list[dict[str, torch.Tensor]] = []

    def look(seen: Look) -> None:
        looks.append(seen)
        weights.append({name: tensor.clone() for name, tensor in seen.model.state_dict().items()})

    config = continued(SMALL, "before", WEIGHTS, beta=8.0, steps=60)
    list(train(config, small, start=before, on_look=look))
    torch.testing.assert_close(weights[0], before)
    assert looks[0].beta == 1
    assert looks[0].step == 0
    assert looks[0].latents.shape == (len(small.test_images), 2)


def test_a_larger_beta_trained_on_trades_reconstruction_for_kl(small: Dataset, before: dict[str, torch.Tensor]) -> None:
    ends = {}
    for beta in (1.0, 8.0):
        *_, report = train(continued(SMALL, "before", WEIGHTS, beta=beta, epochs=8), small, start=before)
        ends[beta] = report.test
    assert ends[8.0].kl < ends[1.0].kl
    assert ends[8.0].reconstruction > ends[1.0].reconstruction


def test_looks_come_by_time_and_give_way_where_they_cost_too_much(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.0)
    config = replace(SMALL, epochs=3)
    many: list[Look] = []
    monkeypatch.setattr(loop, "LOOK_SHARE", 2.0)
    *_, last = train(config, small, on_look=many.append)
    assert [look.step for look in many] == [0, *range(last.step), last.step]
    assert [many[0].progress, many[-1].progress] == [0, 1]
    assert all(isinstance(look.latents, np.ndarray) for look in many)
    few: list[Look] = []
    monkeypatch.setattr(loop, "LOOK_SHARE", 0.0)
    list(train(config, small, on_look=few.append))
    assert [look.progress for look in few] == [0, 1]


def test_looks_change_nothing_of_what_is_learned(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.0)
    *_, alone = train(SMALL, small)
    *_, watched = train(SMALL, small, on_look=lambda _: None)
    assert watched.test == alone.test
    assert watched.train == alone.train


def test_settings_that_the_weights_fit_to_are_kept_and_a_change_of_one_is_refused() -> None:
    config = continued(replace(SMALL, latent_dim=5, likelihood="gaussian"), "before", WEIGHTS, beta=2.0, seconds=10.0)
    assert (config.latent_dim, config.hidden, config.likelihood) == (5, (32,), "gaussian")
    assert (config.start, config.start_beta, config.beta, config.epochs) == ("before", 1.0, 2.0, None)
    with pytest.raises(ConfigError, match="latent size: train from scratch"):
        continued(SMALL, "before", WEIGHTS, latent_dim=3, steps=5)
    with pytest.raises(ConfigError, match="no β warm-up"):
        continued(SMALL, "before", WEIGHTS, beta_warmup=0.5, steps=5)


def test_a_run_that_trains_on_needs_its_weights_and_no_other_run_takes_any(
    small: Dataset, before: dict[str, torch.Tensor]
) -> None:
    with pytest.raises(ValueError, match="needs the weights"):
        next(train(continued(SMALL, "before", WEIGHTS, steps=5), small))
    with pytest.raises(ValueError, match="no other run takes any"):
        next(train(SMALL, small, start=before))
