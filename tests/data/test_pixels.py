"""Binarised pixels, and the mean image."""

import pytest
import torch

from vae.data.pixels import at_once, binarise, mean_image


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


def test_binarised_images_are_drawn_as_all_at_once() -> None:
    grey = torch.randint(256, (2_345, 1, 9, 7), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    draws = torch.rand(grey.shape, generator=torch.Generator().manual_seed(4))
    assert torch.equal(binarise(grey, 4) == 255, draws < grey / 255)


def test_the_mean_image_is_that_of_all_images_also_of_a_number_that_no_batch_divides() -> None:
    images = torch.randint(256, (2_345, 3, 4, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    expected = images.double().mean(0) / 255
    assert mean_image(images).dtype == torch.float32
    assert torch.allclose(mean_image(images).double(), expected, rtol=0, atol=1e-7)
    assert torch.equal(mean_image(images[:1]), images[0].float() / 255)


def test_many_images_are_binarised_as_if_they_were_drawn_at_once() -> None:
    grey = torch.full((2_345, 1, 5, 7), 100, dtype=torch.uint8)
    drawn = torch.rand(grey.shape, generator=torch.Generator().manual_seed(0)) < grey.float() / 255
    assert torch.equal(binarise(grey) > 0, drawn)


def test_fewer_images_are_looked_at_at_once_where_they_are_larger() -> None:
    sizes = [at_once(torch.empty(5, *shape), 2_000) for shape in ((1, 8, 8), (1, 28, 28), (3, 64, 64), (3, 128, 128))]
    assert sizes == [2_000, 2_000, 127, 32]
