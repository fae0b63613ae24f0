"""The way of a multi-rate VAE's codes as β rises: exact at its stops, and near enough between them."""

import numpy as np
import pytest

from tests.helpers.images import blobs
from vae.explore.beta_path import BetaPath, beta_path, on_plane, stops
from vae.models.choices import SHOWN_BETAS
from vae.models.codes import encode_posteriors
from vae.models.multi_rate import MultiRateVAE
from vae.training.config import TrainConfig
from vae.training.loop import train

CONFIG = TrainConfig(
    model="multi-rate-vae", latent_dim=3, steps=400, hidden=(32,), batch_size=32, precision="float32", device="cpu"
)


@pytest.fixture(scope="module")
def model() -> MultiRateVAE:
    *_, report = train(CONFIG, blobs())
    assert isinstance(report.model, MultiRateVAE)
    return report.model


@pytest.fixture(scope="module")
def path(model: MultiRateVAE) -> BetaPath:
    return beta_path(model, blobs().test_images)


def test_the_stops_go_from_end_to_end_and_are_denser_where_beta_is_large() -> None:
    betas = stops()
    assert (betas[0], betas[-1]) == SHOWN_BETAS
    assert len(betas) == 32
    assert (np.diff(np.log(betas)) > 0).all()
    assert (np.diff(np.log(betas), 2) < 0).all()


def test_a_stop_has_the_posteriors_of_the_model_frozen_there_and_between_stops_they_are_nearly_linear(
    model: MultiRateVAE, path: BetaPath
) -> None:
    images = blobs().test_images
    codes, deviations = encode_posteriors(model.at(float(path.betas[20])), images)
    np.testing.assert_array_equal(path.codes[20], codes)
    np.testing.assert_array_equal(path.deviations[20], deviations)
    spread = float(path.codes[0].std(0).max())
    for below in (0, 10, 30):
        low, high = path.betas[below : below + 2]
        middle = encode_posteriors(model.at(float(np.sqrt(low * high))), images)[0]
        assert np.abs(path.codes[below : below + 2].mean(0) - middle).max() < 0.02 * spread


def test_on_a_plane_it_has_the_places_and_the_ellipses_of_its_posteriors(path: BetaPath) -> None:
    generator = np.random.default_rng(0)
    directions = np.linalg.qr(generator.normal(size=(3, 2)))[0].T.astype(np.float32)
    origin = np.array([0.5, -1, 2], np.float32)
    places, factors = on_plane(path, origin, directions)
    np.testing.assert_allclose(places[7, 3], directions @ (path.codes[7, 3] - origin), rtol=1e-4, atol=1e-5)
    factor = np.array([[factors[7, 3, 0], 0], factors[7, 3, 1:]])
    covariance = directions @ np.diag(path.deviations[7, 3] ** 2) @ directions.T
    np.testing.assert_allclose(factor @ factor.T, covariance, rtol=1e-3, atol=1e-6)
