"""The way that a multi-rate VAE's codes and posteriors go as β rises, stored at few β and linear between them."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from vae.models.choices import SHOWN_BETAS
from vae.models.codes import encode_posteriors
from vae.models.multi_rate import MultiRateVAE

STOPS = 32


@dataclass(frozen=True, eq=False)
class BetaPath:
    """The posteriors of the same images at every stop."""

    betas: np.ndarray  # float64 (STOPS,), ascending
    codes: np.ndarray  # float32 (STOPS, N, D)
    deviations: np.ndarray  # float32 (STOPS, N, D)


def stops() -> np.ndarray:
    """Return the β of the stops (STOPS,): low · (high / low)^√(k / (STOPS − 1)), denser where codes move most."""
    low, high = SHOWN_BETAS
    found = low * (high / low) ** np.sqrt(np.arange(STOPS) / (STOPS - 1))
    found[-1] = high  # and not a rounding error below it
    return found


def beta_path(model: MultiRateVAE, images: Tensor) -> BetaPath:
    """Encode images uint8 (N, C, H, W) at every stop."""
    betas, codes, deviations = stops(), [], []
    for beta in betas.tolist():
        mean, deviation = encode_posteriors(model.at(beta), images)
        assert deviation is not None
        codes.append(mean)
        deviations.append(deviation)
    return BetaPath(betas, np.stack(codes), np.stack(deviations))


def on_plane(path: BetaPath, origin: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a path on a map: places float32 (STOPS, N, 2), and what makes the posteriors' ellipses there.

    The latter, float32 (STOPS, N, 3), has the lower triangle l₁₁, l₂₁, l₂₂ of the Cholesky factor of every posterior's
    covariance on the plane. Between two stops the factor may be taken linearly: it stays one of a covariance.

    Args:
        origin: of the map's plane, (D,).
        directions: of the map's plane, (2, D).
    """
    places = (path.codes - origin) @ directions.T
    variances = np.square(path.deviations)
    along, across, both = (variances @ (directions[one] * directions[other]) for one, other in ((0, 0), (1, 1), (1, 0)))
    first = np.sqrt(along)
    second = both / first
    third = np.sqrt(np.maximum(across - np.square(second), 0))
    return places.astype(np.float32), np.stack([first, second, third], axis=-1).astype(np.float32)
