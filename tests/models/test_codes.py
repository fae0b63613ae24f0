"""Reconstructions of any number of images, and their errors."""

import numpy as np
import torch

from vae.models.autoencoders import VAE
from vae.models.codes import reconstruct, squared_errors


def test_reconstruct_gives_the_error_of_what_it_gives() -> None:
    model = VAE((1, 8, 8), 2, hidden=(8,))
    images = torch.randint(0, 256, (5, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    decoded, errors = reconstruct(model, images)
    expected = ((decoded / 255.0 - images.numpy() / 255.0) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(errors, expected, atol=2e-3)
    np.testing.assert_array_equal(squared_errors(model, images), errors)
