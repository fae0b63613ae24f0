"""One image through one model: what comes back, which codes are near, how unusual it is."""

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.explore.one_image import encode, fit, more_unusual_than, nearest_codes
from vae.models.autoencoders import VAE, Autoencoder
from vae.training.config import TrainConfig
from vae.training.loop import train


def test_an_image_comes_back_as_the_models_say(small: Dataset) -> None:
    image = small.test_images[:1]
    for model in (Autoencoder((1, 8, 8), 3), VAE((1, 8, 8), 3)):
        found = encode(model, image)
        with torch.no_grad():
            pixels = image / 255
            np.testing.assert_allclose(found.code, model.encode(pixels)[0], rtol=1e-5, atol=1e-7)
            decoded = model.reconstruct(pixels)
        assert abs(found.error - float((decoded - pixels).square().mean())) < 1e-6
        assert (found.deviation is None) == (not isinstance(model, VAE))


def test_what_a_model_never_saw_is_more_unusual_than_what_it_was_trained_on(small: Dataset) -> None:
    noise = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (1, 1, 8, 8)).astype(np.uint8))
    for kind in ("ae", "vae"):
        config = TrainConfig(model=kind, latent_dim=2, hidden=(32,), epochs=20)
        model = [report.model for report in train(config, small)][-1]
        fits = fit(model, small.test_images, config, draws=3)
        assert fits.shape == (120,)
        assert more_unusual_than(float(fit(model, noise, config, 3)[0]), fits) == 1
        middle = float(np.median(fits))
        assert abs(more_unusual_than(middle, fits) - 0.5) < 0.02


def test_the_share_counts_ties_by_half() -> None:
    fits = np.array([1.0, 2.0, 2.0, 3.0])
    assert [more_unusual_than(value, fits) for value in (0.0, 2.0, 4.0)] == [1, 0.5, 0]


def test_the_nearest_codes_are_the_nearest_ones() -> None:
    codes = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32)
    found = nearest_codes(codes[7], codes, 20)
    assert found[0] == 7
    assert set(found) == set(np.linalg.norm(codes - codes[7], axis=1).argsort()[:20])
    assert len(nearest_codes(codes[7], codes[:5], 20)) == 5
