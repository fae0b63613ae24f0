"""The weight of the KL in another code base's loss, as this app's β: the mathematics of reductions and weights.

Every such loss is a · R + b · K on a batch. R is the reconstruction term and K the KL, both in this project's form,
summed over an image's D = C·H·W values or a code's L dimensions and averaged over the batch of B images. The factors a
and b gather the weights and the factors by which a mean instead of a sum, or a sum instead of a mean, changes a term:

    a = reconstruction weight · (½ for a halved error) · (1 summed, 1/D averaged, 1/C averaged over channels)
        · (B summed over the batch, 1 averaged)
    b = KL weight · (1 summed, 1/L averaged over dimensions) · (B summed over the batch, 1 averaged)

The loss is a · (R + b/a · K). The balance b/a decides which model is best; the scale a changes only the length of the
gradient.

- If R is a cross-entropy, b/a is β under the Bernoulli likelihood.
- If R is a squared error of pixels whose range is r wide, R = r² · SSE with the SSE of pixels in [0, 1], so the loss
  has the balance of SSE + β_SSE · KL with β_SSE = b / (a·r²). A Gaussian likelihood's −log p(x|z) is
  SSE/2σ² + D/2 · log 2πσ², and 2σ² times (SSE/2σ² + β·KL) is SSE + 2σ²β·KL: with σ fixed, only β_SSE = 2σ²β matters.
  At β = 1 that is σ = √(β_SSE/2) (Kingma & Welling 2014, appendix C.2; Rybkin, Daniilidis & Levine 2021, section 3).
- If R is that −log-density with a σ in the pixels' own units, it is a squared error with 1/2σ² in a.

A σ that is learnt, or optimal, has no β_SSE: the balance then follows the error, β_SSE = 2·MSE·β (Rybkin et al. 2021).
"""

import math
from dataclasses import dataclass, fields, replace

from vae.errors import VaeError
from vae.training.config import TrainConfig

CROSS_ENTROPY, SQUARED_ERROR, GAUSSIAN = "cross-entropy", "squared error", "Gaussian"
RECONSTRUCTIONS = (CROSS_ENTROPY, SQUARED_ERROR, GAUSSIAN)
PIXEL_REDUCTIONS = ("sum", "mean", "channel mean")  # the last is Keras': averaged over channels, summed over places
REDUCTIONS = ("sum", "mean")
PIXEL_RANGES = {"0 to 1": 1.0, "-1 to 1": 2.0, "0 to 255": 255.0}  # names and widths
APP_SIGMA = TrainConfig.sigma


class ConventionError(VaeError, ValueError):
    """A loss that has no balance; the message names every value that is out of range, or says why there is none."""


@dataclass(frozen=True)
class Convention:
    """The weights and reductions of a loss's two terms.

    Raises:
        ConventionError: for values that are out of range; the message names all of them.
    """

    reconstruction: str = CROSS_ENTROPY
    pixels: str = "sum"  # reduction of the reconstruction term over an image
    batch: str = "mean"  # reduction of the reconstruction term over the batch
    half: bool = False  # whether a ½ stands before the squared error
    sigma: float = APP_SIGMA  # of a Gaussian, in the units of the pixels
    reconstruction_weight: float = 1.0
    latents: str = "sum"  # reduction of the KL over latent dimensions
    kl_batch: str = "mean"  # reduction of the KL over the batch
    kl_weight: float = 1.0
    channels: int = 1
    height: int = 28
    width: int = 28
    pixel_range: str = "0 to 1"
    latent_dim: int = 2
    batch_size: int = 128

    def __post_init__(self) -> None:
        problems = self._problems()
        if problems:
            raise ConventionError("; ".join(problems) + ".")

    def _problems(self) -> list[str]:
        found = [
            f"the {_WORDS[name]} must be one of {', '.join(choices)}, not {getattr(self, name)!r}"
            for name, choices in CHOICES.items()
            if getattr(self, name) not in choices
        ]
        found += [
            f"the {_WORDS[name]} must be {_range_text(name)}, not {getattr(self, name)}"
            for name in RANGES
            if not _within(getattr(self, name), name)
        ]
        if self.reconstruction == CROSS_ENTROPY and self.pixel_range != "0 to 1":
            found.append(f"a cross-entropy needs pixels from 0 to 1, not from {self.pixel_range}")
        if self.half and self.reconstruction != SQUARED_ERROR:
            found.append(f"only a squared error is halved, not a {self.reconstruction}")
        return found

    @property
    def values(self) -> int:
        """D, the number of values of an image."""
        return self.channels * self.height * self.width

    @property
    def likelihood(self) -> str:
        """The likelihood of `vae.models.objectives` that the reconstruction term belongs to."""
        return "bernoulli" if self.reconstruction == CROSS_ENTROPY else "gaussian"


@dataclass(frozen=True)
class Balance:
    """The weight of the KL against the reconstruction in a loss, whatever the loss's scale.

    `ratio` is the weight of the KL (summed over dimensions) against the cross-entropy, or against the squared error of
    pixels in [0, 1], summed over an image: the β of BCE + β·KL, or of SSE + β·KL.
    """

    likelihood: str
    ratio: float

    def beta_at(self, sigma: float) -> float:
        """Return β beside a Gaussian likelihood with this σ, in units of the pixel range [0, 1]: β_SSE / 2σ².

        Raises:
            ConventionError: for a Bernoulli likelihood, which has no σ, or a σ that is not above 0.
        """
        self._needs_sigma()
        if not (math.isfinite(sigma) and sigma > 0):
            raise ConventionError(f"σ must be above 0, not {sigma:g}.")
        return self.ratio / (2 * sigma**2)

    @property
    def sigma(self) -> float:
        """The σ with which β is 1, √(β_SSE/2), in units of the pixel range [0, 1]; 0 without a KL.

        Raises:
            ConventionError: for a Bernoulli likelihood, which has no σ.
        """
        self._needs_sigma()
        return math.sqrt(self.ratio / 2)

    @property
    def app_beta(self) -> float:
        """β as this app's form sets it: beside cross-entropy, or beside the Gaussian likelihood with σ = 0.5."""
        return self.ratio if self.likelihood == "bernoulli" else self.beta_at(APP_SIGMA)

    def _needs_sigma(self) -> None:
        if self.likelihood == "bernoulli":
            raise ConventionError("A cross-entropy has no σ.")


def balance(convention: Convention) -> Balance:
    """Return the balance b/a of a loss; a squared error is first converted to pixels in [0, 1]."""
    return Balance(convention.likelihood, _kl_factor(convention) / _unit_factor(convention))


def gradient_scale(convention: Convention) -> float:
    """Return how many times larger the loss, and so its gradient, is than this app's objective of the same balance.

    This app's objective has β beside cross-entropy, or beside the Gaussian likelihood with σ = 0.5. Constants, such as
    log σ, have no gradient and do not count.
    """
    factor = _unit_factor(convention)
    return factor if convention.likelihood == "bernoulli" else factor * 2 * APP_SIGMA**2


def with_balance(convention: Convention, wanted: Balance) -> Convention:
    """Return the convention with the KL weight that gives it this balance.

    Raises:
        ConventionError: if the balance is of the other likelihood, since no weight turns one into the other, or if the
            weight is out of range.
    """
    if convention.likelihood != wanted.likelihood:
        raise ConventionError("No weight turns a cross-entropy into a squared error, nor the other way round.")
    return replace(convention, kl_weight=wanted.ratio / balance(replace(convention, kl_weight=1.0)).ratio)


def batch_decides(convention: Convention) -> bool:
    """Tell whether the balance depends on the batch size: one term is summed over the batch, the other averaged."""
    return convention.batch != convention.kl_batch


def _unit_factor(convention: Convention) -> float:
    """Return a, the factor of the cross-entropy or of the squared error of pixels in [0, 1]."""
    factor = convention.reconstruction_weight
    factor /= {"sum": 1, "mean": convention.values, "channel mean": convention.channels}[convention.pixels]
    factor *= convention.batch_size if convention.batch == "sum" else 1
    if convention.reconstruction != CROSS_ENTROPY:
        factor *= PIXEL_RANGES[convention.pixel_range] ** 2
    if convention.reconstruction == GAUSSIAN:
        return factor / (2 * convention.sigma**2)
    return factor / 2 if convention.half else factor


def _kl_factor(convention: Convention) -> float:
    """Return b, the factor of the KL summed over dimensions and averaged over the batch."""
    factor = convention.kl_weight / (convention.latent_dim if convention.latents == "mean" else 1)
    return factor * (convention.batch_size if convention.kl_batch == "sum" else 1)


def _within(value: object, name: str) -> bool:
    low, high = RANGES[name]
    # A bool is an int in Python, but it is not a number here.
    if type(value) is not int and (type(value) is not float or name in _WHOLE):
        return False
    return math.isfinite(value) and low <= value <= high


def _range_text(name: str) -> str:
    low, high = RANGES[name]
    return f"{'a whole number from ' if name in _WHOLE else ''}{low:g} to {high:g}"


CHOICES: dict[str, tuple[str, ...]] = {
    "reconstruction": RECONSTRUCTIONS,
    "pixels": PIXEL_REDUCTIONS,
    "batch": REDUCTIONS,
    "latents": REDUCTIONS,
    "kl_batch": REDUCTIONS,
    "pixel_range": tuple(PIXEL_RANGES),
}
RANGES: dict[str, tuple[float, float]] = {
    "sigma": (1e-6, 1e6),
    "reconstruction_weight": (1e-9, 1e12),
    "kl_weight": (0, 1e12),
    "channels": (1, 1_000_000),
    "height": (1, 1_000_000),
    "width": (1, 1_000_000),
    "latent_dim": (1, 1_000_000),
    "batch_size": (1, 1_000_000),
}
_WHOLE = {f.name for f in fields(Convention) if f.type is int}
_WORDS = {f.name: f.name.replace("_", " ") for f in fields(Convention)} | {
    "sigma": "σ",
    "kl_weight": "KL weight",
    "pixels": "reduction over pixels",
    "batch": "reduction of the reconstruction over the batch",
    "latents": "reduction over latent dimensions",
    "kl_batch": "reduction of the KL over the batch",
    "latent_dim": "latent size",
}
