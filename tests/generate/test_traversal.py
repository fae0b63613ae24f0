"""Traversals: inactive dimensions are found, the order is that of KL or variance, and one dimension moves at a time."""

import numpy as np
import torch

from tests.helpers.images import blobs
from vae.generate.traversal import middle_and_sigma, ranked, traverse
from vae.measure.likelihood import likelihood_terms
from vae.models.autoencoders import VAE, Autoencoder
from vae.models.codes import decode_latents, encode_posteriors
from vae.training.config import TrainConfig


def silenced(dimension: int) -> VAE:
    """A VAE whose posterior is the prior in one dimension, which its decoder ignores."""
    torch.manual_seed(0)
    model = VAE((1, 8, 8), 4, hidden=(16,))
    with torch.no_grad():
        model.mean.weight.mul_(20)
        model.log_variance.bias.sub_(2)
        for head in (model.mean, model.log_variance):
            head.weight[dimension], head.bias[dimension] = 0, 0
        model.decoder.get_parameter("0.weight")[:, dimension] = 0
    return model


def test_the_silenced_dimension_of_a_vae_is_dead_last_and_moves_nothing() -> None:
    model, images = silenced(2), blobs().test_images
    codes, deviations = encode_posteriors(model, images)
    found = ranked(codes, deviations)
    assert [dimension.index for dimension in found if dimension.inactive] == [2]
    assert found[-1].index == 2
    kl = likelihood_terms(model, images, TrainConfig(epochs=1))["kl"].mean(0)
    np.testing.assert_allclose(
        [dimension.kl or 0.0 for dimension in found], sorted(kl, reverse=True), rtol=1e-3, atol=1e-3
    )
    units = np.linspace(-3, 3, 7)
    still, moving = (decode_latents(model, traverse(codes[0], one, units)) for one in (found[-1], found[0]))
    assert (still == still[0]).all()
    assert (moving != moving[0]).any()


def test_an_aes_dimensions_are_sorted_by_variance_and_none_is_dead() -> None:
    torch.manual_seed(0)
    codes = np.random.default_rng(0).normal([1, 0, -2], [0.01, 3, 2], (500, 3)).astype(np.float32)
    found = ranked(codes, None)
    assert [dimension.index for dimension in found] == [1, 2, 0]
    assert not any(dimension.inactive for dimension in found)
    np.testing.assert_allclose([one.spread for one in found], codes.std(0)[[1, 2, 0]], rtol=1e-5)


def test_one_dimension_moves_in_units_of_the_prior_or_of_the_codes() -> None:
    codes = np.random.default_rng(0).normal([5, 0], [2, 1], (500, 2)).astype(np.float32)
    units = np.array([-2.0, 0.0, 2.0])
    for deviations, expected in ((None, 5 + 2 * units), (np.full_like(codes, 0.1), units)):
        (dimension,) = (one for one in ranked(codes, deviations) if one.index == 0)
        moved = traverse(codes[7], dimension, units)
        np.testing.assert_allclose(moved[:, 0], expected, atol=0.5)
        np.testing.assert_array_equal(moved[:, 1], codes[7, [1, 1, 1]])
        np.testing.assert_allclose(
            moved[:, 0], middle_and_sigma(dimension)[0] + middle_and_sigma(dimension)[1] * units, rtol=1e-6
        )
    # 0 and 1 are exactly the prior's.
    assert middle_and_sigma(ranked(codes, np.full_like(codes, 0.1))[0]) == (0.0, 1.0)


def test_a_constant_code_gives_a_row_that_stands_still() -> None:
    model = Autoencoder((1, 8, 8), 1, hidden=(16,))
    (dimension,) = ranked(np.full((50, 1), 2, np.float32), None)
    images = decode_latents(model, traverse(np.array([2.0]), dimension, np.linspace(-3, 3, 5)))
    assert (images == images[0]).all()
