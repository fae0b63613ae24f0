"""Every model with every body at every size takes images and gives images back."""

import itertools

import pytest
import torch

from vae.models.autoencoders import VAE, Autoencoder, ClassifierVAE
from vae.training.build import build_model
from vae.training.config import TrainConfig

HIDDEN = {"mlp": (24, 12), "conv": (4, 6, 8)}


@pytest.mark.parametrize(
    ("kind", "body", "side", "channels"),
    list(itertools.product(("ae", "vae", "classifier-vae", "multi-rate-vae"), ("mlp", "conv"), (8, 28, 64), (1, 3))),
)
def test_every_model_and_body_at_every_size(kind: str, body: str, side: int, channels: int) -> None:
    config = TrainConfig(model=kind, body=body, hidden=HIDDEN[body], latent_dim=3, epochs=1)
    model = build_model(config, (channels, side, side), classes=10)
    images = torch.rand(2, channels, side, side)
    output = model(images, torch.Generator().manual_seed(0))
    assert output.logits.shape == images.shape
    assert output.mean.shape == (2, 3)
    assert (output.log_variance is None) == (kind == "ae")
    decoded = model.reconstruct(images)
    assert decoded.shape == images.shape
    assert ((decoded >= 0) & (decoded <= 1)).all()
    if isinstance(model, ClassifierVAE):
        assert model.decode_classes(torch.randn(10, 3), torch.arange(10)).shape == (10, channels, side, side)
    else:
        assert model.decode(torch.randn(4, 3)).shape == (4, channels, side, side)
    output.logits.sum().backward()
    assert all(p.grad is not None for p in model.decoder.parameters())


@pytest.mark.parametrize("shape", [(1, 9, 15), (3, 33, 8), (1, 63, 64)])
def test_odd_and_oblong_images_come_back_in_their_size(shape: tuple[int, int, int]) -> None:
    model = VAE(shape, 2, "conv", (4, 4, 4))
    images = torch.rand(2, *shape)
    assert model(images).logits.shape == images.shape


@pytest.mark.parametrize("body", ["mlp", "conv"])
def test_one_seed_gives_ae_and_vae_the_same_initial_weights(body: str) -> None:
    ae, vae = (
        build_model(TrainConfig(model=kind, body=body, hidden=HIDDEN[body], epochs=1, seed=4), (1, 28, 28)).state_dict()
        for kind in ("ae", "vae")
    )
    assert all(torch.equal(ae[name], vae[name]) for name in ae)


def test_an_ae_is_deterministic_and_a_vae_draws() -> None:
    images = torch.rand(3, 1, 8, 8)
    ae, vae = Autoencoder((1, 8, 8), 2, hidden=(8,)), VAE((1, 8, 8), 2, hidden=(8,))
    assert torch.equal(ae(images).logits, ae(images).logits)
    draws = [vae(images, torch.Generator().manual_seed(seed)).logits for seed in (0, 0, 1)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_the_decoder_of_a_classifier_vae_reads_the_digit_asked_for() -> None:
    model = ClassifierVAE((1, 8, 8), 2, hidden=(8,))
    z = torch.randn(1, 2).expand(2, -1)
    one, other = model.decode_classes(z, torch.tensor([3, 7]))
    assert not torch.equal(one, other)


def test_start_from_mean_image_makes_an_untrained_decoder_decode_about_that() -> None:
    model = VAE((1, 8, 8), 2, hidden=(8,))
    mean_image = torch.full((1, 8, 8), 0.2)
    model.start_from_mean_image(mean_image)
    before = VAE((1, 8, 8), 2, hidden=(8,)).decode(torch.zeros(1, 2))
    after = model.decode(torch.zeros(1, 2))
    assert (after - mean_image).abs().mean() < (before - mean_image).abs().mean() / 2


def test_the_posterior_of_an_outlier_stays_finite() -> None:
    model = VAE((1, 8, 8), 2, hidden=(8,))
    with torch.no_grad():
        model.log_variance.bias.fill_(500.0)
    _, log_variance = model.posterior(torch.rand(1, 1, 8, 8))
    assert log_variance.exp().isfinite().all()


def test_the_limit_leaves_posteriors_narrower_than_the_prior_as_they_are() -> None:
    model = VAE((1, 8, 8), 1, hidden=(8,))
    with torch.no_grad():
        model.log_variance.weight.zero_()
        model.log_variance.bias.fill_(-3.0)
    assert model.posterior(torch.rand(1, 1, 8, 8))[1].item() == pytest.approx(-3.0, abs=2e-3)


def test_every_bad_argument_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="channels") as caught:
        Autoencoder((2, 7, 129), 0, "rnn", (), "swish")
    for word in ("latent size", "8 to 128", "body", "hidden", "activation"):
        assert word in str(caught.value)
