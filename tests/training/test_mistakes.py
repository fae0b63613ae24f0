"""Mistakes in training: each differs from the right objective exactly as it is said to, and shows its symptom."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from vae.data.dataset import Dataset
from vae.models.autoencoders import VAE, Output
from vae.models.codes import encode_posteriors
from vae.models.objectives import kl_divergence
from vae.training.config import MISTAKES, ConfigError, TrainConfig
from vae.training.loop import train
from vae.training.mistakes import RECIPE, learning
from vae.training.objective import TOTAL, objective
from vae.training.reports import EpochReport
from vae.training.stacked import stackable

SMALL = TrainConfig(steps=150, hidden=(24,), batch_size=32, learning_rate=3e-3)


@pytest.fixture
def output() -> tuple[Output, Tensor]:
    """One pass of sixteen images (1, 8, 8), with anything in it, and the images."""
    random = torch.Generator().manual_seed(3)
    logits, mean = torch.randn(16, 1, 8, 8, generator=random), torch.randn(16, 5, generator=random)
    return Output(logits, mean, torch.randn(16, 5, generator=random)), torch.rand(16, 1, 8, 8, generator=random)


def last(dataset: Dataset, **changes: Any) -> EpochReport:
    *_, report = train(replace(SMALL, **changes), dataset)
    return report


def weights(report: EpochReport) -> Tensor:
    return torch.cat([each.detach().flatten() for each in report.model.parameters()])


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_changes_the_sum_that_is_minimised_and_no_term_that_is_reported(
    mistake: str, output: tuple[Output, Tensor]
) -> None:
    passed, images = output
    right = objective(passed, images, None, SMALL, 0.7, None)
    wrong = learning(mistake).objective(passed, images, None, SMALL, 0.7, None)
    assert passed.log_variance is not None
    kl = kl_divergence(passed.mean, passed.log_variance).sum(1).mean()
    totals = {
        "mean": F.binary_cross_entropy_with_logits(passed.logits, images) + 0.7 * kl,
        "no-noise": right[TOTAL],
        "no-half": right[0] + 2 * 0.7 * kl,
        "kl-sign": right[0] - 0.7 * kl,
    }
    torch.testing.assert_close(wrong[:TOTAL], right[:TOTAL])
    torch.testing.assert_close(wrong[TOTAL], totals[mistake])


@pytest.mark.parametrize("mistake", ["", *MISTAKES])
def test_the_mean_is_decoded_without_noise_and_a_draw_with_every_other_mistake(mistake: str) -> None:
    model = VAE((1, 8, 8), 3, hidden=(8,))
    images = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    passed = learning(mistake).forward(model, images, torch.Generator().manual_seed(1))
    drawn = model(images, torch.Generator().manual_seed(1))
    torch.testing.assert_close(passed.mean, drawn.mean)
    torch.testing.assert_close(passed.log_variance, drawn.log_variance)
    expected = model.decoder(drawn.mean) if mistake == "no-noise" else drawn.logits
    torch.testing.assert_close(passed.logits, expected)


def test_without_a_mistake_nothing_else_is_computed_than_the_objective() -> None:
    assert learning("").objective is objective


def test_without_the_half_a_run_is_that_of_twice_the_beta(small: Dataset) -> None:
    torch.testing.assert_close(weights(last(small, mistake="no-half")), weights(last(small, beta=2.0)))


def test_a_mean_over_pixels_is_a_beta_of_as_many_as_there_are(small: Dataset) -> None:
    wrong, same = last(small, mistake="mean"), last(small, beta=64.0)
    assert wrong.test.kl == pytest.approx(same.test.kl, abs=1e-3)
    assert wrong.test.reconstruction == pytest.approx(same.test.reconstruction, abs=0.2)


def test_each_mistake_has_its_symptom(small: Dataset) -> None:
    right, mean, still, half, sign = (last(small, mistake=mistake) for mistake in ("", *MISTAKES))
    assert right.test.kl > 1
    assert mean.test.kl < 0.02
    assert half.test.kl < right.test.kl - 0.2
    assert sign.test.kl > 10 * right.test.kl
    free, learnt = (encode_posteriors(report.model, small.test_images)[1] for report in (still, right))
    assert free is not None
    assert learnt is not None
    assert np.all(free.mean(0) > 0.9)  # nothing but the KL says anything of σ
    assert np.all(learnt.mean(0) < 0.7)
    assert still.test.reconstruction > still.train.reconstruction + 2  # it is tested with a drawn z


def test_a_run_that_shows_a_mistake_is_not_warned_of_what_it_is_there_to_show(small: Dataset) -> None:
    assert "collapsed" in last(small, beta=64.0).collapse
    assert last(small, mistake="mean").collapse == ""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mistake": "all"}, "mistake must be one of mean, no-noise, no-half, kl-sign or empty, not 'all'"),
        ({"mistake": "mean", "model": "ae"}, "a mistake is made in the training of model vae, not ae"),
        (
            {"mistake": "mean", "start": "before", "start_weights": "0" * 64},
            "a run with a mistake starts from scratch",
        ),
        ({"mistake": 1}, "mistake must be text, not 1"),
    ],
)
def test_a_mistake_that_cannot_be_made_is_refused_in_words(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(SMALL, **changes)


def test_a_mistake_is_in_the_name_and_the_command_and_in_no_stack_of_runs() -> None:
    config = replace(RECIPE, mistake="mean")
    assert config.default_name() == "mistake-mean-vae-10d-beta1"
    assert "--mistake mean" in config.command("any")
    assert "--mistake" not in RECIPE.command("any")
    assert stackable(RECIPE)
    assert not stackable(config)
