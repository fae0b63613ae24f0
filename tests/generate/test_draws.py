"""Codes, decodes, draws and grids."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from scipy.stats import norm
from sklearn.decomposition import PCA

from vae.data.dataset import Dataset
from vae.generate.draws import code_grid, draw_latents, fit_density, prior_grid, prior_latents
from vae.models.autoencoders import VAE
from vae.models.codes import decode_latents, encode_images
from vae.storage.checkpoints import load
from vae.storage.models import load_model


def test_codes_are_the_posterior_means_whatever_the_batch() -> None:
    model = VAE((1, 8, 8), 3, hidden=(8,))
    images = torch.randint(0, 256, (4_100, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    codes = encode_images(model, images)
    assert (codes.shape, codes.dtype) == ((4_100, 3), np.float32)
    expected = model.posterior(images[4_050:].float() / 255)[0].detach().numpy()
    np.testing.assert_allclose(codes[4_050:], expected, atol=1e-6)
    assert decode_latents(model, codes).shape == images.shape


def test_draws_from_the_prior_are_the_same_for_every_model_and_another_for_another_seed() -> None:
    np.testing.assert_array_equal(prior_latents(64, 20, 3), prior_latents(64, 20, 3))
    assert not np.array_equal(prior_latents(64, 20, 3), prior_latents(64, 20, 4))
    many = prior_latents(50_000, 2)
    assert np.abs(many.mean(0)).max() < 0.02
    assert np.abs(many.std(0) - 1).max() < 0.02


def test_the_prior_grid_stands_at_equal_steps_of_probability_with_z2_upwards() -> None:
    grid = prior_grid(5).reshape(5, 5, 2)
    np.testing.assert_allclose(norm.cdf(grid[0, :, 0]), np.linspace(0.01, 0.99, 5), atol=1e-6)
    assert (np.diff(grid[:, 0, 1]) < 0).all()
    np.testing.assert_allclose(grid[:, 2, 0], 0, atol=1e-6)


def test_the_code_grid_covers_the_codes() -> None:
    codes = np.random.default_rng(0).normal([5, -20], [1, 8], (10_000, 2))
    grid = code_grid(codes, 7)
    np.testing.assert_allclose(grid.min(0), np.percentile(codes, 1, axis=0), rtol=1e-5)
    np.testing.assert_allclose(grid.max(0), np.percentile(codes, 99, axis=0), rtol=1e-5)


@pytest.mark.parametrize(("components", "tolerance"), [(1, 0.02), (10, 0.1)])
def test_a_fitted_density_has_the_codes_mean_and_covariance(components: int, tolerance: float) -> None:
    random = np.random.default_rng(0)
    root = np.array([[2.0, 0, 0], [1, 0.5, 0], [0, -1, 0.1]])
    codes = (random.standard_normal((5_000, 3)) @ root.T + [3, -2, 0]).astype(np.float32)
    density = fit_density(codes, components)
    assert density.roots.shape == (components, 3, 3)
    drawn = density.draw(50_000, 1)
    assert (drawn.shape, drawn.dtype) == ((50_000, 3), np.float32)
    np.testing.assert_allclose(drawn.mean(0), codes.mean(0), atol=2 * tolerance)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(codes.T), atol=5 * tolerance)
    np.testing.assert_array_equal(drawn, density.draw(50_000, 1))
    assert not np.array_equal(drawn, density.draw(50_000, 2))


def test_a_mixture_finds_clusters_between_which_one_gaussian_draws() -> None:
    random = np.random.default_rng(0)
    codes = np.where(random.random((4_000, 1)) < 0.3, -5, 5) + random.normal(0, 0.3, (4_000, 2))
    between = {}
    for sampler in ("gaussian", "mixture"):
        drawn = draw_latents(sampler, codes, 4_000, 1)
        between[sampler] = (np.abs(drawn).min(1) < 3).mean()
        # Components come in random order, so that the first draws are like all others.
        assert (drawn[:500, 0] < 0).mean() == pytest.approx(0.3, abs=0.1)
    assert between["mixture"] < 0.01 < 0.4 < between["gaussian"]


def test_draws_by_name_and_an_unknown_name() -> None:
    codes = np.zeros((50, 4), np.float32)
    np.testing.assert_array_equal(draw_latents("prior", codes, 9, 3), prior_latents(9, 4, 3))
    # A dimension that the encoder has given up has one code, which is no covariance.
    np.testing.assert_allclose(draw_latents("gaussian", codes, 9), 0, atol=0.01)
    with pytest.raises(ValueError, match="no sampler 'uniform'; choose one of prior, gaussian, mixture"):
        draw_latents("uniform", codes, 9)


@pytest.mark.parametrize(("ae", "vae"), [("ae-5d", "vae-5d"), ("ae-20d", "vae-20d")])
def test_a_vae_can_be_sampled_and_an_ae_cannot(ae: str, vae: str, mnist: Dataset) -> None:
    """The app's claim, on the models that ship: Fréchet distance of 2,000 draws to test images, 50 PCA features."""
    features = PCA(50, random_state=0).fit(mnist.train_images[:10_000].flatten(1).numpy() / 255)
    real = features.transform(mnist.test_images.flatten(1).numpy() / 255)
    distances = []
    for name in (ae, vae):
        checkpoint = load(name)
        drawn = decode_latents(load_model(checkpoint), prior_latents(2_000, checkpoint.config.latent_dim))
        distances.append(frechet_distance(features.transform(drawn.reshape(2_000, -1) / 255), real))
    assert distances[1] < distances[0] / 2


def frechet_distance(one: np.ndarray, other: np.ndarray) -> float:
    cov_one, cov_other = np.cov(one.T), np.cov(other.T)
    root = sqrtm(cov_one @ cov_other).real
    return float(np.square(one.mean(0) - other.mean(0)).sum() + np.trace(cov_one + cov_other - 2 * root))
