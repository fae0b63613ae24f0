"""The browser's weights are the model's, but for the rounding to half precision."""

import numpy as np
import pytest
import torch

from tests.helpers.browser_messages import decode
from vae.models.autoencoders import VAE
from vae.models.bodies import ACTIVATIONS
from vae.ui.components.packed import decoder_layers, half


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize(
    ("body", "hidden", "shape"),
    [("mlp", (24, 16), (1, 8, 8)), ("conv", (4, 6), (1, 28, 28)), ("conv", (4, 5, 6), (3, 11, 14))],
)
def test_a_decoder_in_half_precision_decodes_what_the_model_does(
    body: str, hidden: tuple[int, ...], shape: tuple[int, int, int], activation: str
) -> None:
    torch.manual_seed(0)
    model = VAE(shape, 3, body, hidden, activation)
    layers, weights = decoder_layers(model)
    latents = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    expected = model.decode(torch.from_numpy(latents)).flatten(1).detach().numpy()
    np.testing.assert_allclose(decode(layers, weights, latents), expected, atol=1 / 255)
    assert all(array.dtype == np.float16 for array in weights.values())


def test_codes_too_large_for_half_precision_are_sent_in_single() -> None:
    assert half(np.array([1.0, 2.0])).dtype == np.float16
    np.testing.assert_array_equal(half(np.array([1e6, -3.0], np.float32)), [1e6, -3.0])
