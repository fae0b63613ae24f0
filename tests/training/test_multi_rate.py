"""Training for every β at once: the objective, what is tested and reported, and that other kinds train as before."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.distributions import Normal
from torch.distributions import kl_divergence as torch_kl

from tests.helpers.images import blobs
from vae.data.dataset import Dataset
from vae.measure.evaluate import losses_per_image
from vae.measure.likelihood import likelihood_terms
from vae.models.autoencoders import Output
from vae.models.multi_rate import MultiRateVAE
from vae.models.objectives import reconstruction_loss
from vae.training.config import ConfigError, TrainConfig
from vae.training.loop import RunState, train
from vae.training.objective import objective
from vae.training.recipe import continued, recommended, recommended_epochs
from vae.training.reports import EpochReport
from vae.training.stacked import stacks

CONFIG = TrainConfig(model="multi-rate-vae", steps=400, hidden=(32,), batch_size=32, precision="float32", device="cpu")
BETAS = (0.05, 0.25, 1.0, 4.0, 16.0)
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


@pytest.fixture(scope="module")
def trained() -> tuple[EpochReport, MultiRateVAE, Dataset]:
    """A model that was trained for a second, in evaluation mode, with its last report and its images."""
    dataset = blobs()
    *_, report = train(CONFIG, dataset)
    assert isinstance(report.model, MultiRateVAE)
    return report, report.model, dataset


def test_the_objective_weighs_the_kl_of_every_image_by_its_own_beta() -> None:
    generator = torch.Generator().manual_seed(0)
    logits, images = torch.randn(3, 1, 2, 2, generator=generator), torch.rand(3, 1, 2, 2, generator=generator)
    mean, deviation = torch.randn(3, 2, generator=generator), torch.rand(3, 2, generator=generator) + 0.5
    betas = torch.tensor([0.1, 1.0, 10.0])
    terms = objective(Output(logits, mean, 2 * deviation.log()), images, None, CONFIG, betas, None)
    kl = torch_kl(Normal(mean, deviation), Normal(0.0, 1.0)).sum(1)
    reconstruction = reconstruction_loss(logits, images)
    expected = torch.stack([reconstruction.mean(), kl.mean(), torch.zeros(()), (reconstruction + betas * kl).mean()])
    torch.testing.assert_close(terms, expected)


def test_the_elbo_is_that_of_the_model_frozen_at_beta_1(trained: tuple[EpochReport, MultiRateVAE, Dataset]) -> None:
    report, model, dataset = trained
    pixels, frozen = dataset.test_images.float() / 255, model.at(1.0)
    noise = torch.Generator().manual_seed(CONFIG.seed)  # of the run's own tests
    with torch.no_grad():
        mean, log_variance = frozen.posterior(pixels)
        kl = torch_kl(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)).sum(1)
        z = mean + (0.5 * log_variance).exp() * torch.randn(mean.shape, generator=noise)
        reconstruction = reconstruction_loss(frozen.decoder(z), pixels)
    assert report.test.kl == pytest.approx(float(kl.mean()), rel=1e-5)
    assert report.test.reconstruction == pytest.approx(float(reconstruction.mean()), rel=1e-5)
    assert report.test.total == pytest.approx(float((reconstruction + kl).mean()), rel=1e-5)
    one, other = (losses_per_image(each, dataset, CONFIG)["elbo"] for each in (model, frozen))
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_the_kl_falls_and_the_reconstruction_gets_worse_with_beta(
    trained: tuple[EpochReport, MultiRateVAE, Dataset],
) -> None:
    _, model, dataset = trained
    losses = [losses_per_image(model.at(beta), dataset, CONFIG) for beta in BETAS]
    rates = [float(loss["test_kl"].mean()) for loss in losses]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 2 * rates[-1]
    distortions = [float(loss["test_reconstruction"].mean()) for loss in losses]
    assert distortions[0] < distortions[-1]
    # At each end the model of that β is better than the one of the other end.
    for own, other in ((0, -1), (-1, 0)):
        assert distortions[own] + BETAS[own] * rates[own] < distortions[other] + BETAS[own] * rates[other]


def test_the_kl_of_every_dimension_falls_with_beta(trained: tuple[EpochReport, MultiRateVAE, Dataset]) -> None:
    _, model, dataset = trained
    rates = [
        likelihood_terms(model.at(beta), dataset.test_images, CONFIG)["kl"].mean(0)
        for beta in np.geomspace(0.05, 16, 25).tolist()
    ]  # (25, latent_dim)
    assert (np.diff(rates, axis=0) < 0).all()


@pytest.mark.parametrize("body", ["mlp", "conv"])
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "optimal-gaussian"])
def test_every_body_and_likelihood_learns(body: str, likelihood: str, small: Dataset) -> None:
    hidden = {"mlp": (32,), "conv": (8,)}[body]
    config = replace(CONFIG, body=body, hidden=hidden, likelihood=likelihood, steps=None, epochs=5, batch_size=16)
    reports = list(train(config, small))
    assert reports[-1].test.total < reports[0].test.total
    assert reports[-1].train.total < reports[0].train.total


def test_runs_repeat_to_the_bit_and_every_step_draws_other_betas(small: Dataset) -> None:
    config = replace(CONFIG, steps=20)
    one, other = (list(train(config, small))[-1].model.state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert len(set(mean_betas(config, small))) == 8


def mean_betas(config: TrainConfig, dataset: Dataset) -> list[float]:
    """Take eight steps on the same images, and return the means of their β, weighted by the KL of each image."""
    run = RunState(config, dataset)
    run.set_beta(0.0)
    indices = torch.arange(config.batch_size, device=run.device)
    found = []
    for _ in range(8):
        reconstruction, kl, _, total = run.graphed(indices) if run.graphed else run.take_step(indices, run.noise)
        found.append(float((total - reconstruction) / kl))
    assert run.stepping == ("CUDA graph" if run.graphed else "eager")  # after steps enough for a capture
    return found


@needs_cuda
@pytest.mark.parametrize("likelihood", ["bernoulli", "optimal-gaussian"])
def test_a_captured_step_draws_beta_inside_it(likelihood: str, small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(CONFIG, likelihood=likelihood, device="cuda", batch_size=48)
    assert len(set(mean_betas(config, small))) == 8
    *_, report = train(config, small)
    assert report.stepping == "CUDA graph"
    monkeypatch.setattr("vae.training.cuda_graph.WARM_UP", 10**9)
    *_, alone = train(config, small)
    assert alone.stepping == "eager"
    assert report.test.total == pytest.approx(alone.test.total, rel=1e-2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"beta": 4.0}, "learns every β at once and is measured at β 1, not 4"),
        ({"beta_warmup": 0.5}, "takes no β warm-up"),
        ({"mistake": "no-half"}, "a mistake is made in the training of model vae, not multi-rate-vae"),
    ],
)
def test_settings_that_mean_nothing_for_it_are_refused_in_a_sentence(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        replace(CONFIG, **changes)  # type: ignore[arg-type]


def test_the_recipe_gives_it_twice_the_epochs_of_a_vae_and_no_warm_up() -> None:
    assert recommended_epochs("multi-rate-vae") == 2 * recommended_epochs("vae")
    for latent_dim, body in itertools.product((2, 10), ("mlp", "conv")):
        recipe = recommended(latent_dim, body, epochs=5, model="multi-rate-vae")
        TrainConfig(model="multi-rate-vae", latent_dim=latent_dim, body=body, epochs=5, **recipe)
    assert CONFIG.default_name() == "multi-rate-vae-2d"


def test_it_trains_on_over_every_beta_from_its_own_kind_alone(
    trained: tuple[EpochReport, MultiRateVAE, Dataset],
) -> None:
    _, model, dataset = trained
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    config = continued(CONFIG, "before", "0" * 64, steps=20)
    first = replace(config, learning_rate=1e-6)
    *_, report = train(first, dataset, start=weights)
    assert report.test.total == pytest.approx(trained[0].test.total, rel=1e-3)
    with pytest.raises(ConfigError, match="fit to its own model: train from scratch"):
        continued(TrainConfig(epochs=1), "before", "0" * 64, epochs=1, model="multi-rate-vae")


def test_it_is_no_part_of_a_stack() -> None:
    assert stacks([CONFIG, replace(CONFIG, seed=1)]) == [[0], [1]]


# Reconstruction, KL and cross-entropy of the second epoch, as they were before the multi-rate VAE came.
BEFORE = {
    "ae": (31.79018, 0.000000, 0.000000),
    "vae": (31.80690, 0.035661, 0.000000),
    "classifier-vae": (31.80204, 0.068476, 1.099388),
}


@pytest.mark.parametrize("model", list(BEFORE))
def test_other_kinds_draw_and_learn_as_before(model: str, small: Dataset) -> None:
    config = TrainConfig(model=model, hidden=(16, 8), epochs=2, precision="float32", binarised=True, device="cpu")
    *_, report = train(config, small)
    # On another kind of processor the last digits differ; another draw of any noise would change the second.
    assert tuple(report.train[:3]) == pytest.approx(BEFORE[model], rel=1e-4)
