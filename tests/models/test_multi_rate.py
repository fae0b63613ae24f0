"""A VAE for every β: frozen at a β it is an ordinary VAE, and without one it is that of β = 1."""

import math
from dataclasses import replace

import pytest
import torch

from vae.models.autoencoders import VAE
from vae.models.choices import HIGHEST_BETA, LOWEST_BETA
from vae.models.multi_rate import MultiRateVAE, draw_betas, position
from vae.models.objectives import kl_divergence, reconstruction_loss
from vae.training.build import build_model
from vae.training.config import TrainConfig

HIDDEN = {"mlp": (24, 12), "conv": (4, 6)}
LATENT = 3


def with_open_gates(body: str, likelihood: str = "bernoulli", shape: tuple[int, int, int] = (1, 9, 12)) -> MultiRateVAE:
    """Return a model whose gates differ from β to β, as those of a trained one."""
    config = TrainConfig(
        model="multi-rate-vae",
        latent_dim=LATENT,
        body=body,
        hidden=HIDDEN[body],
        likelihood=likelihood,
        sigma=0.25,
        epochs=1,
    )
    model = build_model(config, shape)
    assert isinstance(model, MultiRateVAE)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(0)
        model.gate.weight.normal_(generator=generator)
        model.gain.uniform_(0.5, 2, generator=generator)
        model.offset.normal_(generator=generator)
    return model


def images_and_noise(count: int = 5, shape: tuple[int, int, int] = (1, 9, 12)) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(count, *shape, generator=generator), torch.randn(count, LATENT, generator=generator)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("beta", [0.05, 1.0, 16.0])
@pytest.mark.parametrize("body", ["mlp", "conv"])
@torch.no_grad()
def test_frozen_at_a_beta_it_is_an_ordinary_vae(body: str, beta: float, likelihood: str) -> None:
    model = with_open_gates(body, likelihood)
    images, noise = images_and_noise()
    frozen = model.at(beta)
    assert type(frozen) is VAE
    one, other = model(images, noise, torch.full((len(images),), beta)), frozen(images, noise)
    for of_gates, folded in zip(one[:3], other[:3], strict=True):
        torch.testing.assert_close(folded, of_gates, rtol=1e-5, atol=1e-5)
    losses = [
        reconstruction_loss(output.logits, images, likelihood, each.sigma)
        + beta * kl_divergence(output.mean, output.log_variance).sum(1)
        for each, output in ((model, one), (frozen, other))
    ]
    torch.testing.assert_close(*losses, rtol=1e-5, atol=0)
    if beta != 1:
        assert (frozen.encode(images) - model.encode(images)).abs().max() > 0.01


@pytest.mark.parametrize("body", ["mlp", "conv"])
@torch.no_grad()
def test_without_a_beta_it_is_the_vae_of_beta_1(body: str) -> None:
    model = with_open_gates(body)
    images, noise = images_and_noise()
    frozen = model.at(1.0)
    torch.testing.assert_close(model.encode(images), frozen.encode(images), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(model.decode(noise), frozen.decode(noise), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(model(images, noise).logits, frozen(images, noise).logits, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(model.reconstruct(images), frozen.reconstruct(images), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("body", ["mlp", "conv"])
@torch.no_grad()
def test_settled_it_computes_what_it_did_and_its_layers_are_those_of_beta_1(body: str) -> None:
    model, settled = with_open_gates(body), with_open_gates(body).settle()
    images, noise = images_and_noise()
    betas = torch.tensor([0.05, 0.5, 1.0, 4.0, 16.0])
    for one, other in zip(model(images, noise, betas)[:3], settled(images, noise, betas)[:3], strict=True):
        torch.testing.assert_close(other, one, rtol=1e-5, atol=1e-4)
    own, frozen = settled.state_dict(), settled.at(1.0).state_dict()
    assert all(torch.equal(own[name], frozen[name]) for name in frozen)


@torch.no_grad()
def test_every_image_has_its_own_beta() -> None:
    model = with_open_gates("conv")
    images, noise = images_and_noise(2)
    together = model(images, noise, torch.tensor([0.1, 8.0])).logits
    for row, beta in enumerate((0.1, 8.0)):
        alone = model(images[row : row + 1], noise[row : row + 1], torch.tensor([beta])).logits
        torch.testing.assert_close(together[row : row + 1], alone, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_beyond_the_trained_range_it_is_the_model_of_the_nearest_beta() -> None:
    model = with_open_gates("mlp")
    for beyond, nearest in ((0.001, LOWEST_BETA), (1000.0, HIGHEST_BETA)):
        for one, other in zip(model.at(beyond).parameters(), model.at(nearest).parameters(), strict=True):
            assert torch.equal(one, other)


@pytest.mark.parametrize("body", ["mlp", "conv"])
@torch.no_grad()
def test_it_begins_as_the_vae_of_its_seed_at_every_beta(body: str) -> None:
    config = TrainConfig(body=body, hidden=HIDDEN[body], latent_dim=LATENT, epochs=1, seed=3)
    vae, model = (build_model(replace(config, model=kind), (1, 9, 12)) for kind in ("vae", "multi-rate-vae"))
    images, noise = images_and_noise(2)
    begun = model(images, noise, torch.tensor([0.05, 16.0]))
    torch.testing.assert_close(begun.logits, vae(images, noise).logits, rtol=1e-5, atol=1e-6)


def test_what_is_frozen_has_weights_of_its_own() -> None:
    model = with_open_gates("mlp")
    assert not any(
        weights.requires_grad for weights in with_open_gates("mlp").requires_grad_(False).at(1.0).parameters()
    )
    frozen = model.at(1.0)
    before = frozen.mean.weight.clone()
    with torch.no_grad():
        model.mean.weight.zero_()
    assert torch.equal(frozen.mean.weight, before)


def test_betas_are_drawn_evenly_in_their_logarithm() -> None:
    betas = draw_betas(100_000, torch.Generator().manual_seed(0))
    assert float(betas.min()) >= LOWEST_BETA
    assert float(betas.max()) <= HIGHEST_BETA
    assert float(betas.log().median()) == pytest.approx(math.log(LOWEST_BETA * HIGHEST_BETA) / 2, abs=0.05)
    places = position(betas)
    assert float(places.mean()) == pytest.approx(0, abs=0.02)
    assert float(places.var()) == pytest.approx(1, abs=0.02)
