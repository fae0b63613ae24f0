"""The ledger adds up to the objective, and says of each number what moving it there costs."""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from vae.data.dataset import Dataset
from vae.explore.image_cost import image_cost, reconstruction_at
from vae.measure.likelihood import likelihood
from vae.models.autoencoders import Autoencoder
from vae.models.codes import encode_posteriors
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.training.config import TrainConfig

ZERO = np.zeros(5, np.float32)


def test_at_the_encoders_own_posterior_it_is_the_elbo(mnist: Dataset) -> None:
    image, checkpoint = mnist.test_images[3:4], load("vae-5d")
    model = load_model(checkpoint)
    codes, deviations = encode_posteriors(model, image)
    assert deviations is not None
    found = image_cost(model, image, checkpoint.config, codes[0], deviations[0], ZERO, draws=400)
    assert found.kl is not None
    prior = kl_divergence(Normal(torch.tensor(codes[0]), torch.tensor(deviations[0])), Normal(0.0, 1.0))
    np.testing.assert_allclose(found.kl, prior, rtol=1e-3)
    elbo = float(likelihood(model, image, checkpoint.config, draws=(2_000,)).elbo[0])
    assert found.reconstruction + found.kl.sum() == pytest.approx(-elbo, abs=1.5)


def test_what_a_number_is_worth_is_what_setting_it_to_its_prior_mean_costs(mnist: Dataset) -> None:
    image, checkpoint = mnist.test_images[3:4], load("vae-5d")
    model = load_model(checkpoint)
    codes, deviations = encode_posteriors(model, image)
    assert deviations is not None
    own = image_cost(model, image, checkpoint.config, codes[0], deviations[0], ZERO)
    worst = int(own.lost.argmax())
    without = codes[0].copy()
    without[worst] = 0
    there = image_cost(model, image, checkpoint.config, without, deviations[0], ZERO)
    assert there.reconstruction - own.reconstruction == pytest.approx(own.lost[worst], abs=1e-3)
    assert own.lost[worst] > 20
    assert there.lost[worst] == pytest.approx(0, abs=1e-3)  # it says nothing any more
    assert own.kl is not None
    assert there.kl is not None
    assert own.kl[worst] - there.kl[worst] == pytest.approx(codes[0, worst] ** 2 / 2, rel=1e-3)


def test_an_autoencoder_pays_no_kl_and_nothing_is_drawn() -> None:
    torch.manual_seed(0)
    model = Autoencoder((3, 8, 8), 4)
    image = torch.randint(0, 256, (1, 3, 8, 8), dtype=torch.uint8)
    code = encode_posteriors(model, image)[0][0]
    rest = np.arange(4, dtype=np.float32)
    config = TrainConfig(model="ae", latent_dim=4, likelihood="gaussian", sigma=0.3, steps=1)
    found = image_cost(model, image, config, code, None, rest)
    assert found.kl is None
    latents = np.stack([code, *(np.where(np.arange(4) == number, rest, code) for number in range(4))])
    expected = reconstruction_at(model, image, latents, config)
    np.testing.assert_allclose(
        [found.reconstruction, *found.lost], [expected[0], *(expected[1:] - expected[0])], atol=1e-3
    )
