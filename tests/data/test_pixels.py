"""Binarised pixels."""

import pytest
import torch

from vae.data.pixels import binarise


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
