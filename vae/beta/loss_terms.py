"""The terms of a loss while its code is read: what they are, what multiplies them, which axes are already reduced."""

import re
from dataclasses import dataclass, replace

RECONSTRUCTION, KL = "reconstruction", "KL"
MOST_FACTORS = 16  # of a term; of more, and of more assumptions, nobody is told
UNCLEAR = "unclear"  # reduced, but the text does not say how, or over what
_BATCH = re.compile(
    r"(\w+\.)*(batch_?size|n_?batch|bs|B|N|n)|\w+\.size\(0\)|[\w.()]+\.?shape(\(\w+\))?\[0\]|len\(\w+\)"
)
_COUNT = re.compile(r"\w+\.(numel|nelement)\(\)")
_DIMENSIONS = re.compile(r"(\w+\.)*((original|input|image|img|data|x)_?(dim|size)|(n|num)_?pixels)", re.IGNORECASE)

_ONE_AXIS = "all values of an image lie on the one axis that is reduced first"


@dataclass(frozen=True)
class Term:
    """A reconstruction error or a KL, with all that is known of its weight and reductions so far.

    `image` says how it was reduced over an image's values or a code's dimensions, `batch` how over the batch: "sum",
    "mean", "channel mean" or UNCLEAR, and None while it is not reduced.
    """

    kind: str
    what: str  # the reconstruction as `vae.beta.balance` names it; "" for a KL
    source: str  # its words in the text
    weight: float = 1.0
    factors: tuple[str, ...] = ()  # names that multiply it and whose value the text does not give
    image: str | None = None
    batch: str | None = None
    flat: bool = False  # known to be (B, D)
    last_averaged: bool = False  # averaged over the last axis already, as by Keras' functions
    sigma: float | None = None  # of a Gaussian, where the text gives it
    assumed: tuple[str, ...] = ()  # what was assumed of it, in words

    def times(self, number: float) -> "Term":
        """Return the term multiplied by a number."""
        return replace(self, weight=self.weight * number)

    def times_name(self, name: str) -> "Term":
        """Return the term multiplied by what the text only names: a batch size undoes a mean over the batch."""
        if _BATCH.fullmatch(name) and self.batch == "mean":
            return replace(self, batch="sum")._assuming(f"`{name}` is the batch size")
        return self._with_factor(name)

    def over_name(self, name: str) -> "Term":
        """Return the term divided by what the text only names: a number of images or values makes a mean of a sum."""
        if _COUNT.fullmatch(name) and (self.image, self.batch) == ("sum", "sum"):
            return replace(self, image="mean", batch="mean")
        if _BATCH.fullmatch(name) and self.batch == "sum":
            return replace(self, batch="mean")._assuming(f"`{name}` is the batch size")
        if _DIMENSIONS.fullmatch(name) and self.kind == RECONSTRUCTION and self.image == "sum":
            return replace(self, image="mean")._assuming(f"`{name}` is the number of values of an image")
        return self._with_factor(f"1 / {name}")

    def reduced(self, how: str, axes: tuple[int, ...] | str | None) -> "Term":
        """Return the term after a sum or a mean over axes: None for all that are left, UNCLEAR for unknown ones."""
        if self.image is not None and self.batch is not None:
            return self
        if self.image is not None:
            more = isinstance(axes, tuple) and (len(axes) > 1 or axes[0] > 0) and 0 not in axes
            return self._reduced_further(how, len(axes or ())) if more else replace(self, batch=how)
        if self.batch is not None:
            return replace(self, image=how)
        if axes == UNCLEAR:
            return replace(self, image=UNCLEAR)
        if axes is None:
            # Keras has averaged over the last axis, and the text does not say if that is the channels or all pixels.
            return replace(self, image=UNCLEAR if self.last_averaged and how == "sum" else how, batch=how)
        if axes == (0,):
            return replace(self, batch=how)
        if 0 in axes:
            return replace(self, image=how, batch=how)
        return self._reduced_over_values(how, len(axes))

    def settled(self) -> "Term":
        """Return the term; a mean over pixels times a name such as `original_dim` is turned into a sum over pixels."""
        counts = [factor for factor in self.factors if _DIMENSIONS.fullmatch(factor)]
        if self.kind != RECONSTRUCTION or len(counts) != 1 or not (self.image == "mean" or self._averaged_flat()):
            return self
        left = tuple(factor for factor in self.factors if factor != counts[0])
        summed = replace(self, image="sum", factors=left)
        return summed._assuming(f"`{counts[0]}` is the number of values of an image")

    def _reduced_over_values(self, how: str, axes: int) -> "Term":
        if self.last_averaged and how == "sum":
            return replace(self, image="channel mean" if axes == 2 else UNCLEAR)
        if self.kind == RECONSTRUCTION and axes == 1 and not self.flat:
            return replace(self, image=how)._assuming(_ONE_AXIS)
        return replace(self, image=how)

    def _reduced_further(self, how: str, axes: int) -> "Term":
        """Return the term after a reduction of the axes that a first reduction, over channels alone, has left."""
        assumed = tuple(note for note in self.assumed if note != _ONE_AXIS)
        mixed = "channel mean" if (self.image, how, axes) == ("mean", "sum", 2) else UNCLEAR
        return replace(self, image=how if self.image == how else mixed, assumed=assumed)

    def _averaged_flat(self) -> bool:
        return self.image is None and self.last_averaged

    def _with_factor(self, name: str) -> "Term":
        more = name if len(self.factors) < MOST_FACTORS else "…"
        return self if self.factors[-1:] == ("…",) else replace(self, factors=(*self.factors, more))

    def _assuming(self, note: str) -> "Term":
        full = note in self.assumed or len(self.assumed) == MOST_FACTORS
        return self if full else replace(self, assumed=(*self.assumed, note))
