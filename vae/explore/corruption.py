"""Corrupted images and their restoration by a model: noise, masks, iterated inpainting, PSNR and SSIM."""

from dataclasses import dataclass
from math import inf, log10

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vae.data.pixels import to_bytes, to_unit
from vae.models.autoencoders import Autoencoder

# The window and the constants of Wang et al. 2004, section III C, for pixels in [0, 1].
WINDOW, WINDOW_SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2


@dataclass(frozen=True)
class Kind:
    """A way to corrupt images."""

    strength: str  # the meaning of its strength, 0 to 1
    masks: bool  # whether it hides pixels, so that it is known which ones are wrong


KINDS = {
    "Gaussian noise": Kind("σ of the noise, in units of the pixel range", False),
    "salt and pepper": Kind("share of pixels made black or white", False),
    "square": Kind("side of the hidden square in the middle, as a share of the image's side", True),
    "lower part": Kind("share of the rows hidden, from below", True),
}


@dataclass(frozen=True, eq=False)
class Corrupted:
    """Corrupted images, and which of their pixels are still known."""

    images: Tensor  # uint8 (N, C, H, W); hidden pixels are black
    known: Tensor | None  # bool (H, W), False where hidden; None for noise, whose wrong pixels are not known


@dataclass(frozen=True)
class Fidelity:
    """Measures of how near images are to their originals."""

    psnr: float  # dB, of the mean squared error over all images; infinite for identical images
    ssim: float  # mean over images; 1 for identical images


def corrupt(images: Tensor, kind: str, strength: float, seed: int = 0) -> Corrupted:
    """Corrupt images uint8 (N, C, H, W) by a kind of `KINDS`; the same seed gives the same corruption.

    Raises:
        ValueError: for an unknown kind or a strength outside 0 to 1.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no corruption {kind!r}; choose one of {', '.join(KINDS)}.")
    if not 0 <= strength <= 1:
        raise ValueError(f"The strength of a corruption must be 0 to 1, not {strength:g}.")
    height, width = images.shape[2:]
    if KINDS[kind].masks:
        known = torch.ones(height, width, dtype=torch.bool)
        if kind == "lower part":
            known[height - round(strength * height) :] = False
        else:
            rows, columns = round(strength * height), round(strength * width)
            top, left = (height - rows) // 2, (width - columns) // 2
            known[top : top + rows, left : left + columns] = False
        return Corrupted(images * known, known)
    stream = torch.Generator().manual_seed(seed)
    if kind == "Gaussian noise":
        noisy = images + 255 * strength * torch.randn(images.shape, generator=stream)
        return Corrupted(noisy.round().clamp(0, 255).to(torch.uint8), None)
    # One draw for each pixel, shared by its channels: the lowest draws become pepper, the highest salt.
    drawn = torch.rand(len(images), 1, height, width, generator=stream)
    pepper, salt = drawn < strength / 2, drawn >= 1 - strength / 2
    return Corrupted(images.masked_fill(pepper, 0).masked_fill(salt, 255), None)


@torch.no_grad()
def restore(model: Autoencoder, corrupted: Corrupted, steps: int = 1) -> np.ndarray:
    """Encode and decode corrupted images, and put the known pixels back: uint8 (N, C, H, W).

    The first step encodes the corrupted images, and every other step the result of the one before it. This is the chain
    of Rezende, Mohamed & Wierstra 2014 (appendix F) that imputes missing pixels, but with posterior means in the place
    of draws.

    Raises:
        ValueError: for several steps where no pixels are known.
    """
    if steps > 1 and corrupted.known is None:
        raise ValueError("Only masked images have known pixels to put back.")
    pixels = to_unit(corrupted.images.to(model.device))
    known = torch.zeros((), dtype=torch.bool) if corrupted.known is None else corrupted.known
    restored = pixels
    for _ in range(steps):
        restored = torch.where(known.to(model.device), pixels, model.reconstruct(restored))
    return to_bytes(restored)


def fidelity(images: np.ndarray, originals: Tensor) -> Fidelity:
    """Measure PSNR and SSIM (Wang et al. 2004, a Gaussian window of σ 1.5) of images against their originals.

    Both are uint8 (N, C, H, W) and are measured in the pixel range [0, 1].
    """
    found, truth = to_unit(torch.from_numpy(images)), to_unit(originals)
    error = float((found - truth).square().mean())
    return Fidelity(10 * log10(1 / error) if error else inf, float(_ssim(found, truth).mean()))


def _ssim(found: Tensor, truth: Tensor) -> Tensor:
    """Compute the structural similarity of images (N, C, H, W) in [0, 1] with others, each the mean of its map: (N,).

    Images are mirrored beyond their edges, and a window larger than an image is cut. torchmetrics computes the same,
    but its import takes seconds and 200 MB, which a server for many would rather not spend on one number.
    """
    reach = min(WINDOW // 2, *(side - 1 for side in found.shape[2:]))
    weights = torch.softmax(-torch.arange(-reach, reach + 1).square() / (2 * WINDOW_SIGMA**2), 0)

    def spread(side: int) -> Tensor:
        """Return the weights by which each of `side` values in a row counts in each local mean, (from, to)."""
        impulses = F.pad(torch.eye(side)[:, None], [reach] * 2, "reflect")
        return F.conv1d(impulses, weights.view(1, 1, -1))[:, 0]

    # Two products of matrices take a tenth of the time of a convolution with the window.
    down, across = (spread(side) for side in found.shape[2:])

    def local_mean(values: Tensor) -> Tensor:
        return down.T @ values @ across

    mean_found, mean_truth = local_mean(found), local_mean(truth)
    variance_found = local_mean(found.square()) - mean_found.square()
    variance_truth = local_mean(truth.square()) - mean_truth.square()
    covariance = local_mean(found * truth) - mean_found * mean_truth
    luminance = (2 * mean_found * mean_truth + C1) / (mean_found.square() + mean_truth.square() + C1)
    structure = (2 * covariance + C2) / (variance_found + variance_truth + C2)
    return (luminance * structure).flatten(1).mean(1)
