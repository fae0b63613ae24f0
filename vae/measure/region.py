"""Where a model's codes lie in its latent space, to tell which random latents land among them."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import gammaincinv

NEIGHBOURS = 5
REFERENCES = 2_000  # codes that a region is made of, and as many others that set its size
HELD = 0.95  # share of the other codes that a region holds
_LEAST = 1e-12  # a radius
PRIOR_SHARE = 0.99  # share of the prior that the ball of `prior_radius` holds


@dataclass(frozen=True, eq=False)
class Region:
    """Balls around codes: a latent lands where codes are if any of them holds it."""

    codes: np.ndarray  # the balls' centres, float32 (M, D)
    reaches: np.ndarray  # their radii, float32 (M,)

    def holds(self, latents: np.ndarray) -> np.ndarray:
        """Tell which latents float32 (N, D) land where codes are, bool (N,)."""
        return (_relative(latents, self.codes, self.reaches) <= 1).numpy()


def code_region(codes: np.ndarray) -> Region | None:
    """Find where codes float32 (N, D) lie; return None if there are too few of them to tell.

    The balls of Kynkäänniemi et al. 2019 (equation 1) reach from a code to its 5th nearest neighbour, so that they are
    small where codes are dense. Here all of them are scaled by one factor, with which they hold 95 % of other codes of
    the same model. Shares of draws can then be compared between models and sizes: 95 % is what perfect draws reach.
    """
    half = min(REFERENCES, len(codes) // 2)
    if half <= NEIGHBOURS:
        return None
    references, others = codes[:half], codes[half : 2 * half]
    points = torch.tensor(references)
    # The nearest of all is the code itself; equal codes would give a ball of no size.
    radii = _distances(points, points).topk(NEIGHBOURS + 1, largest=False).values[:, -1].clamp_min(_LEAST).numpy()
    factor = float(torch.quantile(_relative(others, references, radii), HELD))
    return Region(references, np.maximum(radii * np.float32(factor), np.float32(_LEAST)))


def prior_radius(latent_dim: int) -> float:
    """Return the radius of the ball around 0 that holds 99 % of N(0, I), by the χ² distribution of |z|²."""
    return float(np.sqrt(2 * gammaincinv(latent_dim / 2, PRIOR_SHARE)))


def share_in_prior(codes: np.ndarray) -> float:
    """Return the share of codes (N, D) in the ball that holds 99 % of N(0, I): 0.99 if they follow it."""
    return float((np.linalg.norm(codes, axis=1) <= prior_radius(codes.shape[1])).mean())


def _relative(latents: np.ndarray, codes: np.ndarray, radii: np.ndarray) -> torch.Tensor:
    """Return the least distance of every latent (N,) to a code, each in units of that code's radius."""
    one, other = (torch.tensor(points, dtype=torch.float32) for points in (latents, codes))
    return (_distances(one, other) / torch.from_numpy(radii)).amin(1)


def _distances(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    # By a product of matrices it would be quicker, and off by more than the balls' radii where codes are far from 0.
    return torch.cdist(one, other, compute_mode="donot_use_mm_for_euclid_dist")
