"""The forecast of linear theory, on images of known principal components, and against a linear VAE."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from vae.beta.forecast import Forecast, forecast
from vae.data.dataset import Dataset
from vae.training.config import TrainConfig


def dataset(small: Dataset, pixels: np.ndarray) -> Dataset:
    """A data set whose training images (N, 1, 8, 8) have these values in [0, 1]."""
    images = torch.from_numpy((pixels * 255).round().astype(np.uint8))
    images, train_size = torch.cat([images, images[:4]]), len(images)
    return replace(small, images=images, labels=small.labels[:1].repeat(len(images)), train_size=train_size)


def components(deviations: tuple[float, ...], images: int = 6_000) -> np.ndarray:
    """Grey images (N, 1, 8, 8) that differ along as many orthogonal patterns, with these deviations."""
    random = np.random.default_rng(0)
    patterns = np.linalg.qr(random.normal(size=(64, len(deviations))))[0].T
    codes = random.normal(size=(images, len(deviations))) * np.array(deviations)
    return (0.5 + codes @ patterns).clip(0, 1).reshape(-1, 1, 8, 8)


def test_a_dimension_is_kept_while_its_eigenvalue_is_above_beta_times_the_variance(small: Dataset) -> None:
    config = TrainConfig(latent_dim=4, likelihood="gaussian", sigma=0.1, epochs=1)
    found = forecast(dataset(small, components((0.4, 0.2, 0.1))), config, sigma=0.1)
    # 0.16, 0.04 and 0.01 over σ² = 0.01; the fourth one is the rounding of pixels alone
    np.testing.assert_allclose(found.eigenvalues[:3], [16, 4, 1], rtol=0.06)
    assert found.eigenvalues[3] < 0.01
    assert [found.inactive(beta) for beta in (0.5, 2, 8, 20)] == [1, 2, 3, 4]
    assert found.kl(2)[0] == pytest.approx(0.5 * np.log(8), abs=0.05)
    assert found.kl(2)[2:] == [0, 0]


def test_bernoulli_pixels_are_in_units_of_their_own_deviation(small: Dataset) -> None:
    """All pixels of an image are on or off together: one direction, along which each of 64 pixels has variance 1."""
    lit = np.random.default_rng(0).random(4_000) < 0.3
    pixels = np.broadcast_to(lit[:, None, None, None], (4_000, 1, 8, 8))
    found = forecast(dataset(small, pixels), TrainConfig(latent_dim=2, epochs=1), sigma=1.0)
    assert found.eigenvalues[0] == pytest.approx(64, rel=0.01)
    assert found.eigenvalues[1] == pytest.approx(0, abs=1e-6)


def test_there_are_as_many_dimensions_as_the_model_has_even_beyond_the_images(small: Dataset) -> None:
    few = dataset(small, components((0.3,), images=3))
    found = forecast(few, TrainConfig(latent_dim=5, epochs=1), sigma=1.0)
    assert len(found.eigenvalues) == 5
    assert found.eigenvalues[3:] == (0, 0)
    assert found.inactive(0.05) >= 3


@pytest.mark.parametrize("beta", [0.25, 1.0, 3.0, 5.0])
def test_the_optimum_of_a_linear_vae_has_the_kl_that_is_forecast(beta: float) -> None:
    """One pixel of variance λ = 4, an encoder N(a·x, s²), a decoder N(w·z, 1): a, s and w minimise the objective."""

    def kl(a: float, s: float) -> float:
        return 0.5 * (4 * a**2 + s**2 - 1) - np.log(s)

    def objective(parameters: np.ndarray) -> float:
        a, s, w = parameters[0], np.exp(parameters[1]), parameters[2]
        return 0.5 * (4 * (1 - w * a) ** 2 + (w * s) ** 2) + beta * kl(a, s)

    found = minimize(objective, [0.3, -0.5, 1.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-10}).x
    assert kl(found[0], np.exp(found[1])) == pytest.approx(Forecast((4.0,)).kl(beta)[0], abs=1e-3)
