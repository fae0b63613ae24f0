"""Pixels: bytes at rest, floats in [0, 1] in a model, and black and white draws of grey ones."""

import numpy as np
import torch
from torch import Tensor


def to_unit(images: Tensor) -> Tensor:
    """uint8 images at rest → float32 in [0, 1], the same shape."""
    return images.float().mul_(1 / 255)


def binarise(images: Tensor, seed: int = 0) -> Tensor:
    """Black and white images, uint8 0 or 255: each value drawn as Bernoulli(grey), alike for the same seed.

    A Bernoulli likelihood is one of such images, which Burda et al. 2016 draw likewise, and not of grey ones.
    """
    draws = torch.rand(images.shape, generator=torch.Generator().manual_seed(seed))
    return (draws < to_unit(images)).to(torch.uint8) * 255


def to_bytes(images: Tensor) -> np.ndarray:
    """Images in [0, 1] → uint8, the same shape, rounded."""
    return (images * 255).round().to(torch.uint8).cpu().numpy()
