"""The settings by which stored images become a model's images."""

import math
from dataclasses import dataclass

from vae.errors import VaeError

FITS = ("pad", "crop", "stretch")
GROUNDS = ("black", "white", "corner")


class PreparationError(VaeError, ValueError):
    """Settings by which no image can be prepared; the message says what is wrong with them."""


@dataclass(frozen=True)
class Preparation:
    """Everything that decides what becomes of a stored image; kept in the imported set's about.json.

    Raises:
        PreparationError: naming every value that is out of range.
    """

    height: int = 28  # pixels, 8 to 128
    width: int = 28
    colour: bool = False  # three channels rather than one
    fit: str = "pad"  # to the model's proportions: filled up with the corners' colour, cut to the middle, or stretched
    ground: str = "black"  # what shows through transparent parts: black, white or the colour of the opaque corner
    invert: bool = False
    low: float = 0.0  # the stored value that becomes 0
    high: float = 255.0  # the stored value that becomes 255

    def __post_init__(self) -> None:
        problems = [
            f"{name} must be 8 to 128 pixels, not {side}"
            for name, side in (("height", self.height), ("width", self.width))
            if not 8 <= side <= 128
        ]
        if self.fit not in FITS:
            problems.append(f"fit must be one of {', '.join(FITS)}, not {self.fit!r}")
        if self.ground not in GROUNDS:
            problems.append(f"ground must be one of {', '.join(GROUNDS)}, not {self.ground!r}")
        if not -math.inf < self.low < self.high < math.inf:
            problems.append(f"low must be a number below high, not {self.low:g} and {self.high:g}")
        if problems:
            raise PreparationError("; ".join(problems) + ".")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The shape (C, H, W) of prepared images."""
        return 3 if self.colour else 1, self.height, self.width


@dataclass(frozen=True)
class Split:
    """How many of a set's images are kept apart, as shares of all; where classes are known, of every class alike.

    Raises:
        PreparationError: for shares below 0 or that leave less than half to train on.
    """

    validation: float = 0.0
    test: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        if not (self.validation >= 0 and self.test > 0 and self.validation + self.test <= 0.5):  # NaN is neither
            raise PreparationError(
                "validation must be at least 0, test above 0, and both together at most 0.5, not "
                f"{self.validation:g} and {self.test:g}."
            )
