"""Convert pixels between bytes in storage and floats in [0, 1] in a model, and draw black and white from grey ones."""

import numpy as np
import torch
from torch import Tensor

AT_ONCE = 1_000  # images of MNIST's size
MNIST_VALUES = 28 * 28
LEAST_AT_ONCE = 32


def to_unit(images: Tensor) -> Tensor:
    """Convert uint8 images to float32 in [0, 1], of the same shape."""
    return images.float().mul_(1 / 255)


def at_once(images: Tensor, count: int) -> int:
    """Return how many of the images (N, C, H, W) to look at at once: `count` of MNIST's size, and fewer larger ones."""
    values = max(1, images[:1].numel())
    return max(LEAST_AT_ONCE, min(count, count * MNIST_VALUES // values))


def mean_image(images: Tensor) -> Tensor:
    """Return the mean of images uint8 (N, C, H, W) in the range [0, 1], float32 (C, H, W)."""
    # A few images at a time: torch's own mean makes floats of all of them first. Sums of whole numbers are exact.
    sums = [batch.sum(0, dtype=torch.float32) for batch in images.split(at_once(images, AT_ONCE))]
    return torch.stack(sums).sum(0, dtype=torch.float64).float() / len(images) / 255


def binarise(images: Tensor, seed: int = 0) -> Tensor:
    """Draw black and white images, uint8 0 or 255: each value is Bernoulli(grey), the same for the same seed.

    A Bernoulli likelihood is a likelihood of such images, not of grey ones; Burda et al. 2016 draw theirs this way.
    """
    generator, drawn = torch.Generator().manual_seed(seed), torch.empty_like(images)
    # A few images at a time: floats of all of them may be larger than the memory. The draws are the same.
    size = at_once(images, AT_ONCE)
    for some, into in zip(images.split(size), drawn.split(size), strict=True):
        into.copy_(torch.rand(some.shape, generator=generator) < to_unit(some)).mul_(255)
    return drawn


def with_noise(images: Tensor, deviation: float, noise: torch.Generator) -> Tensor:
    """Add Gaussian noise of a standard deviation to images in [0, 1], and clip the sum to [0, 1]."""
    drawn = torch.randn(images.shape, generator=noise, device=images.device)
    return torch.add(images, drawn, alpha=deviation).clamp_(0, 1)


def to_bytes(images: Tensor) -> np.ndarray:
    """Round images in [0, 1] to a uint8 array of the same shape."""
    return (images * 255).round().to(torch.uint8).cpu().numpy()
