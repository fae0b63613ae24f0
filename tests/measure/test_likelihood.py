"""Bounds on the likelihood against a model whose likelihood is known, and against each other."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from vae.data.dataset import Dataset
from vae.data.pixels import binarise, to_unit
from vae.measure.likelihood import likelihood, likelihood_terms
from vae.models.autoencoders import VAE, Autoencoder, ClassifierVAE
from vae.models.objectives import reconstruction_loss
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.training.config import TrainConfig

SIGMA = 0.1
IMAGES = torch.randint(0, 256, (60, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


class LinearVAE(VAE):
    """p(x|z) = N(Wz + b, σ²I) with orthogonal columns of W, so that the true posterior has no covariance.

    Args:
        shift, spread: how far its posterior is from the true one, in the true one's σ.
    """

    def __init__(self, shift: float = 0.0, spread: float = 1.0) -> None:
        super().__init__((1, 8, 8), 3, hidden=(4,))
        self.columns = torch.linalg.qr(torch.randn(64, 3, generator=torch.Generator().manual_seed(1)))[0] * 0.2
        self.offset = torch.linspace(0.4, 0.6, 64)
        self.shift, self.spread = shift, spread
        self.sigma = torch.tensor(SIGMA)
        self.decoder = _Logits(self.columns, self.offset)  # type: ignore[assignment]

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        variance = 1 / (1 + self.columns.square().sum(0) / SIGMA**2)
        mean = variance * ((images.flatten(1) - self.offset) @ self.columns) / SIGMA**2
        return mean + self.shift * variance.sqrt(), (self.spread**2 * variance).log().expand_as(mean)

    def exact(self, images: Tensor) -> np.ndarray:
        covariance = self.columns @ self.columns.T + SIGMA**2 * torch.eye(64)
        return torch.distributions.MultivariateNormal(self.offset, covariance).log_prob(images.flatten(1)).numpy()


class _Logits(nn.Module):
    """The decoder whose sigmoid is Wz + b."""

    def __init__(self, columns: Tensor, offset: Tensor) -> None:
        super().__init__()
        self.columns, self.offset = columns, offset

    def forward(self, z: Tensor) -> Tensor:
        return torch.logit(z @ self.columns.T + self.offset).view(-1, 1, 8, 8)


def _linear_images() -> Tensor:
    model, noise = LinearVAE(), torch.Generator().manual_seed(2)
    z, error = torch.randn(40, 3, generator=noise), torch.randn(40, 64, generator=noise)
    values = z @ model.columns.T + model.offset + SIGMA * error
    return (values.clamp(0, 1) * 255).round().to(torch.uint8).view(-1, 1, 8, 8)


def test_with_the_true_posterior_one_draw_gives_the_exact_likelihood() -> None:
    model, images = LinearVAE(), _linear_images()
    found = likelihood(model, images, TrainConfig(epochs=1, likelihood="gaussian"), (1, 10))
    exact = model.exact(to_unit(images))
    np.testing.assert_allclose(found.bounds[1], exact, atol=5e-3)
    np.testing.assert_allclose(found.bounds[10], exact, atol=5e-3)


def test_with_another_posterior_many_draws_come_to_the_exact_likelihood_and_one_does_not() -> None:
    model, images = LinearVAE(shift=0.8, spread=1.3), _linear_images()
    found = likelihood(model, images, TrainConfig(epochs=1, likelihood="gaussian"), (1, 50, 5_000))
    exact = model.exact(to_unit(images)).mean()
    # KL(q ‖ p(z|x)) in three dimensions: the whole gap of the ELBO.
    gap = 1.5 * (1.3**2 + 0.8**2 - 1 - 2 * np.log(1.3))
    assert found.elbo.mean() == pytest.approx(exact - gap, abs=0.05)
    assert found.bounds[1].mean() == pytest.approx(exact - gap, abs=0.05)
    assert exact - 0.1 < found.bounds[50].mean() < exact
    assert found.bounds[5_000].mean() == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("binary", [False, True])
def test_more_draws_give_a_higher_bound_and_one_draw_is_the_elbo(mnist: Dataset, binary: bool) -> None:
    checkpoint = load("vae-20d")
    images = mnist.test_images[:40]
    images = binarise(images) if binary else images
    found = likelihood(load_model(checkpoint), images, checkpoint.config, (1, 50, 500))
    one, fifty, five_hundred = (found.bounds[k] for k in (1, 50, 500))
    assert (one < fifty).all()
    assert (fifty < five_hundred).all()
    assert five_hundred.mean() < one.mean() + 10
    np.testing.assert_allclose(one, found.elbo, atol=1.0)
    assert one.mean() == pytest.approx(found.elbo.mean(), abs=0.1)


def _certain(model: VAE) -> VAE:
    """Give a model posteriors of no width, so that every draw is the mean."""
    with torch.no_grad():
        model.log_variance.weight.zero_()
        model.log_variance.bias.fill_(-40)
    return model.eval()


@pytest.mark.parametrize("model", [VAE((1, 8, 8), 3, hidden=(8,)), ClassifierVAE((1, 8, 8), 3, hidden=(8,))])
@pytest.mark.parametrize("kind", ["bernoulli", "gaussian", "optimal-gaussian"])
@pytest.mark.parametrize("values", [1, 700, 2**20])
def test_the_reconstruction_is_the_objectives_however_many_decode_at_once(
    model: VAE, kind: str, values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.measure.likelihood.VALUES", {"cpu": values})
    config, pixels = TrainConfig(epochs=1, likelihood=kind), to_unit(IMAGES)
    model.sigma = torch.tensor(0.3)
    found = likelihood(_certain(model), IMAGES, config, (3, 7))
    with torch.no_grad():
        expected = reconstruction_loss(model(pixels).logits, pixels, kind, model.sigma).numpy()
    np.testing.assert_allclose(found.reconstruction, expected, rtol=1e-5, atol=1e-4)
    terms = likelihood_terms(model, IMAGES, config)
    np.testing.assert_allclose(found.kl, terms["kl"], rtol=1e-5)
    assert {k: bound.shape for k, bound in found.bounds.items()} == {3: (60,), 7: (60,)}


def test_the_same_seed_gives_the_same_bounds_and_another_others() -> None:
    model, config = VAE((1, 8, 8), 3, hidden=(8,)), TrainConfig(epochs=1)
    one, again, other = (likelihood(model, IMAGES, config, (5,), seed).bounds[5] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_progress_reaches_the_end_and_an_exception_of_the_listener_ends_it() -> None:
    model, config, seen = VAE((1, 8, 8), 3, hidden=(8,)), TrainConfig(epochs=1), list[float]()
    likelihood(model, IMAGES, config, (5,), on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1

    def stop(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        likelihood(model, IMAGES, config, (5,), on_progress=stop)


def test_an_autoencoder_has_no_likelihood_and_no_draws_give_none() -> None:
    with pytest.raises(ValueError, match="An autoencoder has no likelihood"):
        likelihood(Autoencoder((1, 8, 8), 3, hidden=(8,)), IMAGES, TrainConfig(epochs=1))
    with pytest.raises(ValueError, match="at least 1, not 0"):
        likelihood(VAE((1, 8, 8), 3, hidden=(8,)), IMAGES, TrainConfig(epochs=1), (0, 5))
