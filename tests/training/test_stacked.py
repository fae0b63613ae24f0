"""A stack of runs is what its members are alone."""

from dataclasses import replace

import pytest
import torch

from tests.helpers.members import MEMBERS, SMALL
from vae.data.dataset import Dataset
from vae.training.loop import train
from vae.training.reports import EpochReport, TrainingDivergedError
from vae.training.stacked import stacks, train_stacked


@pytest.mark.parametrize("model", ["ae", "vae", "classifier-vae"])
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "optimal-gaussian"])
def test_a_stack_is_what_each_of_its_members_is_alone(model: str, likelihood: str, small: Dataset) -> None:
    configs = [replace(m.config, model=model, likelihood=likelihood, epochs=3) for m in MEMBERS]
    for config, *reports in zip(configs, *train_stacked(configs, small), strict=True):
        alone = list(train(config, small))
        assert [r.epoch for r in reports if isinstance(r, EpochReport)] == [1, 2, 3]
        for report, expected in zip(reports, alone, strict=True):
            assert isinstance(report, EpochReport)
            assert report.train == pytest.approx(expected.train, rel=1e-5)
            assert report.test == pytest.approx(expected.test, rel=1e-5)
            assert (report.step, report.progress) == (expected.step, expected.progress)
        weights = alone[-1].model.state_dict()
        for name, tensor in report.model.state_dict().items():
            torch.testing.assert_close(tensor, weights[name], rtol=1e-4, atol=1e-5)


def test_a_stack_computes_nothing_else_but_for_rounding(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    # In float32 training amplifies the rounding; in float64 there is next to none to amplify.
    for module in ("loop", "stacked", "collapse"):
        monkeypatch.setattr(f"vae.training.{module}.to_unit", lambda images: images.double() / 255)
    configs = [replace(m.config, latent_dim=3, epochs=10, learning_rate=8e-3) for m in MEMBERS]
    torch.set_default_dtype(torch.float64)
    try:
        *_, together = train_stacked(configs, small)
        for report, config in zip(together, configs, strict=True):
            assert isinstance(report, EpochReport)
            *_, alone = train(config, small)
            weights = alone.model.state_dict()
            for name, tensor in report.model.state_dict().items():
                torch.testing.assert_close(tensor, weights[name], rtol=1e-7, atol=1e-9)
    finally:
        torch.set_default_dtype(torch.float32)


def test_only_runs_of_equal_shape_and_schedule_stack(small: Dataset) -> None:
    conv = replace(SMALL, body="conv", hidden=(4,))
    timed = replace(SMALL, epochs=None, seconds=1.0)
    configs = [SMALL, replace(SMALL, beta=2.0), conv, conv, timed, replace(SMALL, latent_dim=3)]
    assert stacks(configs) == [[0, 1], [2], [3], [4], [5]]
    with pytest.raises(ValueError, match="nothing but β and seed"):
        next(train_stacked([SMALL, conv], small))


def test_weights_that_are_not_finite_stay_in_their_member(small: Dataset) -> None:
    configs = [m.config for m in MEMBERS]
    epochs = train_stacked(configs, small)
    first = next(epochs)[1]
    assert isinstance(first, EpochReport)
    with torch.no_grad():
        first.model.mean.weight.fill_(float("nan"))
    second = next(epochs)
    assert [type(report) for report in second] == [
        EpochReport, TrainingDivergedError, EpochReport, EpochReport
    ]  # fmt: skip
    expected = list(train(configs[0], small))[-1]
    assert isinstance(second[0], EpochReport)
    assert second[0].test == pytest.approx(expected.test, rel=1e-5)
