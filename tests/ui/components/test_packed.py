"""The browser's weights are the model's, but for the rounding to half precision."""

import zlib

import numpy as np
import pytest
import torch

from tests.helpers.browser_messages import decode, unpack
from vae.models.autoencoders import VAE
from vae.models.choices import ACTIVATIONS
from vae.ui.components.packed import decoder_layers, half, join, tensors_part


@pytest.mark.parametrize("activation", ACTIVATIONS)
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


def test_arrays_of_every_kind_come_back_bit_for_bit_and_weights_are_smaller_by_planes() -> None:
    random = np.random.default_rng(0).normal(0, 0.05, (300, 40))
    arrays: list[np.ndarray] = [random.astype(np.float16), random.astype(np.float32), np.arange(7, dtype=np.uint8)]
    part = tensors_part({str(number): array for number, array in enumerate(arrays)})
    _, parts = unpack(join({}, {"models": part}))
    for number, array in enumerate(arrays):
        np.testing.assert_array_equal(parts["models"][str(number)], array)
    assert len(part) < 0.96 * len(zlib.compress(b"".join(array.tobytes() for array in arrays), 6))
