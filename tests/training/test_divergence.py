"""Losses that diverge: the message names the cause, and a rate that trains."""

import math
import re
from dataclasses import replace

import pytest
import torch

from vae.data.dataset import Dataset
from vae.training.config import TrainConfig
from vae.training.divergence import check_loss
from vae.training.loop import train
from vae.training.recipe import continued
from vae.training.reports import TrainingDivergedError

SMALL = TrainConfig(epochs=4, hidden=(32,), batch_size=16)
WEIGHTS = "0" * 64


def weights(dataset: Dataset) -> dict[str, torch.Tensor]:
    *_, report = train(replace(SMALL, epochs=1), dataset)
    return {name: tensor.clone() for name, tensor in report.model.state_dict().items()}


def test_the_advised_rate_trains(small: Dataset) -> None:
    config = replace(SMALL, learning_rate=1.0, schedule="constant", activation="relu", hidden=(256, 256))
    with pytest.raises(TrainingDivergedError, match=r"in epoch \d+: the loss .* Lower the learning rate") as caught:
        list(train(config, small))
    rate = re.search(r"\(it is 1; try ([0-9.]+)\)", str(caught.value))
    assert rate is not None
    *_, report = train(replace(config, learning_rate=float(rate[1])), small)
    assert report.collapse == ""


def test_weights_that_are_not_numbers_are_refused_before_a_step(small: Dataset) -> None:
    broken = weights(small)
    broken["mean.weight"][0, 0] = math.nan
    steps: list[float] = []
    with pytest.raises(ValueError, match=r"Some weights of before are not finite numbers.* train from scratch"):
        list(train(continued(SMALL, "before", WEIGHTS, steps=20), small, steps.append, start=broken))
    assert not steps


def test_weights_that_allow_no_step_are_named_and_not_the_learning_rate(small: Dataset) -> None:
    broken = weights(small)
    broken["decoder.0.weight"].fill_(3e38)
    with pytest.raises(TrainingDivergedError, match="before the first step, so that the weights of before") as caught:
        list(train(continued(SMALL, "before", WEIGHTS, steps=20), small, start=broken))
    assert "learning rate" not in str(caught.value)


def test_a_loss_is_far_above_its_first_value_where_that_is_below_zero_too() -> None:
    check_loss(-150.0, -100.0, 1, SMALL)
    check_loss(500.0, -100.0, 1, SMALL)
    with pytest.raises(TrainingDivergedError, match="in epoch 2: the loss rose to 1e\\+03 nats"):
        check_loss(1_000.0, -100.0, 2, SMALL)


def test_a_short_memory_of_adam_is_named() -> None:
    with pytest.raises(TrainingDivergedError, match=r"Raise Adam's β₂ \(it is 0.5; try 0.99\) and train again\.$"):
        check_loss(math.nan, 100.0, 1, replace(SMALL, adam_beta2=0.5))
    words = r"Raise Adam's β₂ \(.*\) and lower the learning rate \(it is 0.1; try 0.008\) and train again\.$"
    with pytest.raises(TrainingDivergedError, match=words):
        check_loss(math.nan, 100.0, 1, replace(SMALL, adam_beta2=0.5, learning_rate=0.1))
