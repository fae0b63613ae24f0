"""Binarised pixels, and the mean image."""

import pytest
import torch

from vae.data.pixels import binarise, mean_image


def test_binarised_images_are_drawn_from_the_grey_ones_alike_for_one_seed() -> None:
    grey = torch.full((1_000, 1, 8, 8), 51, dtype=torch.uint8)
    grey[:, :, 0], grey[:, :, 1] = 0, 255
    binary = binarise(grey)
    assert set(binary.unique().tolist()) == {0, 255}
    assert (binary[:, :, 0] == 0).all()
    assert (binary[:, :, 1] == 255).all()
    assert binary[:, :, 2:].float().mean() / 255 == pytest.approx(0.2, abs=0.005)
    assert torch.equal(binary, binarise(grey))
    assert not torch.equal(binary, binarise(grey, 1))


def test_the_mean_image_is_that_of_all_images_also_of_a_number_that_no_batch_divides() -> None:
    images = torch.randint(256, (2_345, 3, 4, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    expected = images.double().mean(0) / 255
    assert mean_image(images).dtype == torch.float32
    assert torch.allclose(mean_image(images).double(), expected, rtol=0, atol=1e-7)
    assert torch.equal(mean_image(images[:1]), images[0].float() / 255)
