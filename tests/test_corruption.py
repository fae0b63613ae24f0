"""Corruption: as strong as it says, and alike every time."""

import pytest
import torch

from tests.conftest import blobs
from vae.corruption import KINDS, corrupt


@pytest.mark.parametrize("channels", [1, 3])
def test_a_strength_of_0_changes_nothing_and_more_changes_more(channels: int) -> None:
    images = blobs((channels, 12, 12)).test_images
    for kind in KINDS:
        assert torch.equal(corrupt(images, kind, 0).images, images), kind
        errors = [
            float((corrupt(images, kind, s).images.float() - images.float()).square().mean()) for s in (0.3, 0.6, 1)
        ]
        assert 0 < errors[0] < errors[1] < errors[2], kind
        assert torch.equal(corrupt(images, kind, 0.5).images, corrupt(images, kind, 0.5).images), kind
    with pytest.raises(ValueError, match="0 to 1, not 2"):
        corrupt(images, "half", 2)
    with pytest.raises(ValueError, match="no corruption 'rain'"):
        corrupt(images, "rain", 0.5)


def test_corruptions_are_as_strong_as_they_say() -> None:
    grey = torch.full((20, 3, 20, 20), 128, dtype=torch.uint8)
    noise = corrupt(grey, "Gaussian noise", 0.1).images.float() / 255
    assert noise.std().item() == pytest.approx(0.1, abs=0.005)
    spoilt = corrupt(grey, "salt and pepper", 0.3).images
    assert (spoilt != 128).float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert (spoilt == 0).float().mean().item() == pytest.approx(0.15, abs=0.02)
    assert torch.equal(spoilt[:, 0], spoilt[:, 1])  # a pixel, not one of its values
    for kind, hidden in (("square", 0.25), ("half", 0.5)):
        found = corrupt(grey, kind, 0.5)
        assert found.known is not None
        assert (~found.known).float().mean().item() == hidden
        assert (found.images[:, :, ~found.known] == 0).all()
        assert (found.images[:, :, found.known] == 128).all()
