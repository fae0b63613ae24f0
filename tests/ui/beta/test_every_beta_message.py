"""What the slider over one model's β is sent: enough to draw every β without asking again."""

from typing import Any

import numpy as np
import pytest
import torch

from tests.helpers.browser_messages import unpack
from tests.helpers.multi_rate import with_open_gates
from vae.beta.against_ladder import Gap
from vae.beta.curve import BETAS, Curve
from vae.beta.forecast import Forecast
from vae.data.dataset import Dataset
from vae.explore.beta_path import stops
from vae.generate.draws import prior_latents
from vae.models.codes import decode_latents, encode_posteriors
from vae.ui.beta.every_beta_message import SMALLER, codes_on_a_plane, message
from vae.ui.beta.rungs import Look

LOOK = Look(seed=4, first_image=3, samples=30, images=5, points=20)
GAP = Gap(2.0, ((1.5, 100.0),), 0.1, -0.2, 1.0, 0.0)


def curve(latent_dim: int) -> Curve:
    """A curve whose second dimension has least KL at β = 1, and most at the largest β."""
    kl = np.linspace(np.arange(latent_dim) + 3.0, np.arange(latent_dim) / 10, 61)
    kl[:55, 1] = 2.0
    kl[55:, 1] = 1.0
    return Curve(BETAS, np.linspace(90, 180, 61), kl)


def sent(dataset: Dataset, latent_dim: int = 3, **settings: Any) -> tuple[dict, dict[str, np.ndarray], Any]:
    model, _ = with_open_gates(dataset, latent_dim, **settings)
    own = curve(latent_dim)
    codes = codes_on_a_plane(model, dataset, own, LOOK.points)
    expected = Forecast(tuple(float(5 - place) for place in range(latent_dim)))
    header, parts = unpack(message(model, dataset, LOOK, own, codes, expected, [GAP], of="every"))
    return header, parts["decoder"] | parts["codes"], model


def test_the_map_shows_the_two_dimensions_that_stay_active_longest_at_every_beta(small: Dataset) -> None:
    header, arrays, model = sent(small)
    assert header["axes"] == ["z2", "z3"]
    assert arrays["means"].shape == arrays["log_variances"].shape == (32, 20, 2)
    for place in (0, 31):
        means, deviations = encode_posteriors(model.at(float(stops()[place])), small.test_images[:20])
        assert deviations is not None
        np.testing.assert_allclose(arrays["means"][place], means[:, [1, 2]], rtol=2e-3, atol=2e-3)
        np.testing.assert_allclose(np.exp(arrays["log_variances"][place] / 2), deviations[:, [1, 2]], rtol=5e-3)
    (low, high), _ = header["range"]["map"]
    assert low < -2
    assert high > 2
    labels = small.test_labels[:20].numpy()
    for label, image in enumerate(header["named"]):
        assert image == -1 if label not in labels else labels[image] == label


def test_samples_and_reconstructions_can_be_made_of_it_at_every_beta(small: Dataset) -> None:
    header, arrays, model = sent(small)
    np.testing.assert_array_equal(arrays["latents"], prior_latents(30, 3, LOOK.seed))
    np.testing.assert_array_equal(arrays["originals"], small.test_images[3:8].numpy())
    codes = encode_posteriors(model.at(16.0), small.test_images[3:8])[0]
    np.testing.assert_allclose(arrays["codes"][-1], codes, rtol=2e-3, atol=2e-3)
    assert header["decoder"]["gates"]["layers"] == [0]
    assert "self.onmessage" in header["decoder"]["worker"]
    assert "import {" not in header["decoder"]["worker"]
    assert header["columns"] == 10


def test_bars_stand_by_the_kl_at_beta_1_and_the_numbers_are_the_curves(small: Dataset) -> None:
    header, _, _ = sent(small)
    assert header["order"] == [2, 0, 1] if curve(3).kl[31, 0] > 2 else [2, 1, 0]
    np.testing.assert_allclose(header["table"]["kl"], curve(3).kl)
    np.testing.assert_allclose(header["table"]["reconstruction"], curve(3).reconstruction)
    assert header["gaps"][0]["beta"] == 2
    assert header["ticks"] == [2]
    assert header["eigenvalues"] == [5, 4, 3]
    assert header["range"]["kl"] > curve(3).kl.max()


def test_of_a_convolutional_model_the_pictures_of_every_beta_are_sent(small: Dataset) -> None:
    header, arrays, model = sent(small, body="conv", hidden=(3,))
    assert header["decoder"]["layers"] is None
    assert "whose body is convolutional" in header["why"]
    shape = tuple(small.test_images.shape[1:])
    assert arrays["samples"].shape == (32, SMALLER, *shape)
    assert arrays["copies"].shape == (32, 5, *shape)
    expected = decode_latents(model.at(16.0), prior_latents(SMALLER, 3, LOOK.seed))
    np.testing.assert_array_equal(arrays["samples"][-1], expected)
    assert header["columns"] == 5


@pytest.mark.parametrize(("latent_dim", "axes"), [(1, ["z1", "random height"]), (2, ["z1", "z2"])])
def test_a_space_of_one_or_two_dimensions_is_shown_as_it_is(latent_dim: int, axes: list[str], small: Dataset) -> None:
    model, _ = with_open_gates(small, latent_dim)
    own = Curve(BETAS, np.linspace(90, 180, 61), np.ones((61, latent_dim)))
    codes = codes_on_a_plane(model, small, own, 20)
    assert list(codes.axes) == axes
    assert codes.means.shape == (32, 20, 2)
    means = model.at(float(stops()[9])).encode(small.test_images[:20].float() / 255)
    torch.testing.assert_close(torch.from_numpy(codes.means[9, :, :latent_dim]), means, rtol=1e-4, atol=1e-5)
