"""The objective's terms against hand computations, torch.distributions and Monte Carlo."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal
from torch.distributions import kl_divergence as torch_kl

from vae.models.autoencoders import VAE, Output, reparameterise
from vae.models.objectives import beta_at, kl_divergence, optimal_sigma, reconstruction_loss
from vae.training.config import TrainConfig
from vae.training.objective import objective


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_kl_equals_torch_distributions() -> None:
    mean, log_variance = random(50, 7), random(50, 7, seed=1)
    expected = torch_kl(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_divergence(mean, log_variance), expected)


def test_kl_equals_monte_carlo() -> None:
    mean, log_variance = torch.tensor([[0.7, -1.2]]), torch.tensor([[-1.5, 0.4]])
    z = reparameterise(
        mean.expand(400_000, -1), log_variance.expand(400_000, -1), torch.Generator().manual_seed(3)
    ).double()
    posterior, prior = Normal(mean.double(), (0.5 * log_variance).exp().double()), Normal(0.0, 1.0)
    estimate = (posterior.log_prob(z) - prior.log_prob(z)).mean(0)
    torch.testing.assert_close(kl_divergence(mean, log_variance)[0].double(), estimate, atol=0.01, rtol=0)


def test_bernoulli_reconstruction_is_the_negative_log_likelihood_of_binary_pixels() -> None:
    logits = random(4, 1, 8, 8)
    images = (random(4, 1, 8, 8, seed=1) > 0).float()
    expected = -Bernoulli(logits=logits).log_prob(images).sum((1, 2, 3))
    torch.testing.assert_close(reconstruction_loss(logits, images), expected)


def test_gaussian_reconstruction_is_the_negative_log_density() -> None:
    logits, images = random(4, 3, 8, 8), torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    expected = -Normal(torch.sigmoid(logits), 0.3).log_prob(images).sum((1, 2, 3))
    torch.testing.assert_close(reconstruction_loss(logits, images, "gaussian", 0.3), expected)


def test_optimal_sigma_is_where_the_gaussian_loss_is_least() -> None:
    logits, images = random(6, 1, 8, 8), torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    least = reconstruction_loss(logits, images, "optimal-gaussian").mean().item()
    sigma = optimal_sigma(least, 64)
    assert sigma == pytest.approx((images - torch.sigmoid(logits)).square().mean().sqrt().item(), rel=1e-5)
    at = [reconstruction_loss(logits, images, "gaussian", sigma * f).mean().item() for f in (0.95, 1.0, 1.05)]
    assert at[1] == pytest.approx(least, rel=1e-5)
    assert at[1] < min(at[0], at[2])


def test_objective_at_beta_one_is_minus_a_hand_computed_elbo() -> None:
    # Two images of 8×8, one latent dimension; every term by the formulas of Kingma & Welling 2014, appendix B and C.
    logits, images = torch.zeros(2, 1, 8, 8), torch.ones(2, 1, 8, 8)
    logits[1] = 2.0
    mean, log_variance = torch.tensor([[1.0], [0.0]]), torch.tensor([[0.0], [math.log(0.25)]])
    config = TrainConfig(latent_dim=1, epochs=1, beta=1.0)
    terms = objective(Output(logits, mean, log_variance), images, None, config, 1.0, None)
    log_likelihoods = [64 * math.log(0.5), 64 * math.log(1 / (1 + math.exp(-2.0)))]
    kls = [0.5, 0.5 * (0.25 - 1 - math.log(0.25))]
    elbo = sum(ll - kl for ll, kl in zip(log_likelihoods, kls, strict=True)) / 2
    assert terms[3].item() == pytest.approx(-elbo, rel=1e-6)
    assert terms[0].item() == pytest.approx(-sum(log_likelihoods) / 2, rel=1e-6)
    assert terms[1].item() == pytest.approx(sum(kls) / 2, rel=1e-6)


def test_beta_weighs_the_kl_alone() -> None:
    output = Output(random(3, 1, 8, 8), random(3, 2), random(3, 2, seed=1))
    images = torch.rand(3, 1, 8, 8)
    config = TrainConfig(epochs=1)
    reconstruction, kl, _, total = objective(output, images, None, config, 7.0, None)
    torch.testing.assert_close(total, reconstruction + 7.0 * kl)


def test_classifier_cross_entropy_enters_with_its_weight() -> None:
    class_logits, labels = random(3, 10, seed=2), torch.tensor([1, 5, 9])
    output = Output(random(3, 1, 8, 8), random(3, 2), random(3, 2, seed=1), class_logits)
    config = TrainConfig(model="classifier-vae", epochs=1, classifier_weight=4.0)
    reconstruction, kl, cross_entropy, total = objective(output, torch.rand(3, 1, 8, 8), labels, config, 0.5, None)
    expected = -class_logits.log_softmax(1)[range(3), labels].mean()
    torch.testing.assert_close(cross_entropy, expected)
    torch.testing.assert_close(total, reconstruction + 0.5 * kl + 4.0 * expected)


def test_gradients_flow_through_the_sampling_into_mean_and_variance() -> None:
    model = VAE((1, 8, 8), 2, hidden=(16,))
    output = model(torch.rand(5, 1, 8, 8), torch.Generator().manual_seed(0))
    # The reconstruction alone: the KL would reach both heads without any sampling.
    reconstruction_loss(output.logits, torch.rand(5, 1, 8, 8)).sum().backward()
    for head in (model.mean, model.log_variance):
        assert head.weight.grad is not None
        assert head.weight.grad.abs().sum() > 0


def test_a_sample_moves_with_the_mean_by_one_and_with_log_variance_by_half_its_noise() -> None:
    mean, log_variance = torch.zeros(1, 3, requires_grad=True), torch.zeros(1, 3, requires_grad=True)
    z = reparameterise(mean, log_variance, torch.Generator().manual_seed(5))
    z.sum().backward()
    noise = random(1, 3, seed=5)
    torch.testing.assert_close(mean.grad, torch.ones(1, 3))
    torch.testing.assert_close(log_variance.grad, 0.5 * noise)


@pytest.mark.parametrize(("progress", "expected"), [(0.0, 0.0), (0.1, 1.0), (0.2, 2.0), (1.0, 2.0)])
def test_beta_rises_linearly_and_stays(progress: float, expected: float) -> None:
    assert beta_at(progress, beta=2.0, warmup=0.2) == pytest.approx(expected)
    assert beta_at(progress, beta=2.0, warmup=0.0) == 2.0
