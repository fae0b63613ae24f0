"""The loop: it learns, repeats itself, stops when asked, and says so when it diverges."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vae.data.dataset import Dataset
from vae.measure.evaluate import evaluate
from vae.models.objectives import reconstruction_loss
from vae.training import loop
from vae.training.build import choose_device
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.reports import EpochReport, TrainingDivergedError
from vae.training.speed import measure_speed

SMALL = TrainConfig(epochs=3, hidden=(32,), batch_size=16)


def last(config: TrainConfig, dataset: Dataset) -> EpochReport:
    *_, report = train(config, dataset)
    return report


@pytest.mark.parametrize("model", ["ae", "vae", "classifier-vae"])
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "optimal-gaussian"])
def test_the_loss_falls(model: str, likelihood: str, small: Dataset) -> None:
    reports = list(train(replace(SMALL, model=model, likelihood=likelihood, epochs=6), small))
    assert [r.epoch for r in reports] == [1, 2, 3, 4, 5, 6]
    assert reports[-1].test.total < reports[0].test.total
    assert reports[-1].train.total < reports[0].train.total


def test_a_report_carries_what_the_screen_needs(small: Dataset) -> None:
    report = last(SMALL, small)
    assert report.samples.shape == (16, 1, 8, 8)
    assert report.samples.dtype == np.uint8
    assert report.latents.shape == (len(small.test_images), 2)
    assert report.step == 60
    assert report.progress == 1
    assert report.images_per_second > 0
    assert report.train.total == pytest.approx(report.train.reconstruction + report.train.kl, rel=1e-5)
    assert report.kl_per_dimension is not None
    assert report.kl_per_dimension.shape == (2,)
    assert report.kl_per_dimension.sum() == pytest.approx(report.test.kl, rel=1e-5)
    assert last(replace(SMALL, model="ae"), small).kl_per_dimension is None


def test_real_mnist_in_200_steps_is_far_below_the_mean_image(mnist: Dataset) -> None:
    # The mean image alone costs about 206 nats; the recipe is below 165 after 200 steps.
    report = last(TrainConfig(steps=200, learning_rate=5e-3), mnist)
    assert report.test.total < 175
    assert report.epoch == pytest.approx(200 * 128 / 60_000)
    assert report.latents.shape == (2_000, 2)


@pytest.mark.parametrize("changes", [{}, {"body": "conv", "hidden": (4, 8)}, {"model": "ae"}])
def test_the_same_config_and_seed_give_bit_identical_weights(changes: dict[str, object], small: Dataset) -> None:
    config = replace(SMALL, **changes)  # type: ignore[arg-type]
    torch.manual_seed(1)
    one = last(config, small).model.state_dict()
    torch.manual_seed(2)
    other = last(config, small).model.state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    different = last(replace(config, seed=1), small).model.state_dict()
    assert not torch.equal(one["mean.weight"], different["mean.weight"])


def test_training_leaves_the_callers_random_stream_alone(small: Dataset) -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    last(SMALL, small)
    assert torch.equal(torch.rand(1), expected)


def test_an_ae_has_no_kl_and_an_ae_and_a_vae_at_beta_zero_have_one_objective(small: Dataset) -> None:
    assert last(replace(SMALL, model="ae"), small).test.kl == 0
    report = last(replace(SMALL, beta=0.0), small)
    assert report.test.kl > 0
    assert report.test.total == pytest.approx(report.test.reconstruction)


def test_a_larger_beta_leaves_fewer_nats_in_the_code(small: Dataset) -> None:
    low, high = (last(replace(SMALL, beta=beta, epochs=8), small).test for beta in (0.1, 20.0))
    assert high.kl < low.kl / 2
    assert high.reconstruction > low.reconstruction


def test_a_run_by_steps_ends_within_an_epoch(small: Dataset) -> None:
    report = last(replace(SMALL, epochs=None, steps=25), small)
    assert report.step == 25
    assert report.epoch == pytest.approx(1 + 5 * 16 / 320)


def test_a_budget_that_runs_out_right_after_a_report_still_ends_with_a_report_of_the_end(small: Dataset) -> None:
    # After the 20 steps of the first epoch the report reads 0.9999, and everything later is past the end.
    read = iter([0.9999])

    def pace(step: int) -> float:
        return step / 25 if step < 20 else next(read, 1.0)

    reports = list(train(SMALL, small, progress=pace))
    assert [report.progress for report in reports] == [pytest.approx(0.9999), 1.0]
    assert reports[-1].step == 21


def test_a_run_by_seconds_spends_them_and_ends_annealed(small: Dataset) -> None:
    report = last(replace(SMALL, epochs=None, seconds=1.0), small)
    assert report.elapsed >= 1.0
    assert report.progress == 1
    assert report.step > 20


def test_on_step_stops_a_run_within_an_epoch(small: Dataset) -> None:
    seen: list[float] = []

    def stop(progress: float) -> bool:
        seen.append(progress)
        return len(seen) == 26

    reports = list(train(SMALL, small, on_step=stop))
    assert [r.epoch for r in reports] == [1]
    assert len(seen) == 26
    assert seen == sorted(seen)
    assert seen[0] == 0


def test_closing_the_generator_ends_the_run(small: Dataset) -> None:
    steps = 0

    def count(_: float) -> None:
        nonlocal steps
        steps += 1

    reports = train(SMALL, small, on_step=count)
    next(reports)
    reports.close()  # type: ignore[attr-defined]
    assert steps == 20


def test_a_loss_that_is_not_a_number_stops_in_the_epoch_where_it_appeared(small: Dataset) -> None:
    reports = train(replace(SMALL, epochs=5), small)
    next(reports)
    second = next(reports)
    with torch.no_grad():
        second.model.mean.weight.fill_(float("nan"))
    with pytest.raises(TrainingDivergedError, match=r"in epoch 3: the loss became nan"):
        next(reports)


def test_the_optimal_sigma_is_the_models_root_mean_squared_error(small: Dataset) -> None:
    report = last(replace(SMALL, model="ae", likelihood="optimal-gaussian", epochs=30, learning_rate=2e-3), small)
    pixels = small.train_images.float() / 255
    error = (report.model.reconstruct(pixels) - pixels).square().mean().sqrt().item()
    assert float(report.model.sigma) == pytest.approx(error, rel=0.05)


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no device 'tpu'"):
        choose_device("tpu")
    assert choose_device("auto").type in ("cuda", "mps", "cpu")


def test_measure_speed_is_about_what_a_run_reaches(small: Dataset) -> None:
    assert measure_speed(SMALL, small, seconds=0.05) > 0


def test_a_run_on_binarised_pixels_sees_black_and_white_and_others_in_every_epoch(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []

    def watched(logits: torch.Tensor, images: torch.Tensor, *rest: object) -> torch.Tensor:
        if len(images) == small.train_size:
            seen.append(images.clone())
        return reconstruction_loss(logits, images, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("vae.training.objective.reconstruction_loss", watched)
    config = TrainConfig(epochs=2, hidden=(16,), batch_size=small.train_size, binarised=True)
    reports = list(loop.train(config, small))
    assert all(((images == 0) | (images == 1)).all() for images in seen)
    # Sorted, so that the order of an epoch does not matter.
    first, second = (images.flatten(1).sum(1).sort().values for images in seen)
    assert not torch.equal(first, second)
    assert torch.stack(seen).mean().item() == pytest.approx(small.train_images.float().mean().item() / 255, abs=0.01)
    # Tests are of the same binarised images after every epoch, and `evaluate` finds the loss that the run reported.
    again = evaluate(reports[-1].model, small, config, config.seed)
    assert again["test_reconstruction"] == pytest.approx(reports[-1].test.reconstruction, rel=1e-5)
