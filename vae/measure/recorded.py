"""Read back what `quality.measure` recorded in metrics.json: the one place that knows the layout of that file.

The file holds the ELBO and the bounds on log p(x), of which more is better. They are read as −ELBO and as bounds on
−log p(x), so that all of an app's numbers in nats are losses, of which less is better.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from vae.measure.intervals import Measure
from vae.storage.checkpoints import Checkpoint
from vae.storage.replicates import Replicates, read_replicates

NEGATIVE = "negative_"  # what the name of a bound on log p(x) begins with once it is read as a loss
_IS_BOUND = re.compile(r"elbo|bound_[0-9]{1,9}").fullmatch


@dataclass(frozen=True)
class ActiveUnits:
    """The number of a VAE's active dimensions by each definition, and the number of all its latent dimensions."""

    by_variance: int
    by_kl: int
    dimensions: int


@dataclass(frozen=True)
class Quality:
    """The measures of a checkpoint; a group that was not measured, or does not apply, is empty."""

    likelihood: dict[str, Measure]  # reconstruction, kl, negative_elbo and negative_bound_k
    latents: dict[str, Measure]
    samples: dict[str, dict[str, Measure]]  # by sampler, then by name
    active_units: ActiveUnits | None

    def measures(self, group: str, sampler: str | None = None) -> dict[str, Measure]:
        """Return the measures of a group by name: `likelihood`, `latents`, or `samples` of a sampler."""
        return self.samples.get(sampler or "", {}) if group == "samples" else getattr(self, group)


def recorded_quality(metrics: Mapping[str, Any]) -> Quality | None:
    """Read the quality out of metrics.json, leaving out invalid measures; return None if it was never measured."""
    found = metrics.get("quality")
    if not isinstance(found, dict) or not found:
        return None
    samples = found.get("samples")
    return Quality(
        likelihood=losses(recorded_measures(found.get("likelihood"))),
        latents=recorded_measures(found.get("latents")),
        samples={
            sampler: measures
            for sampler, each in (samples.items() if isinstance(samples, dict) else ())
            if (measures := recorded_measures(each))
        },
        active_units=_active_units(found.get("active_units")),
    )


def recorded_replicates(checkpoint: Checkpoint) -> Replicates | None:
    """Read the replicates of a checkpoint's quality; return None if it has none, or they are damaged or older."""
    found = read_replicates(checkpoint.path, checkpoint.metrics.get("quality"))
    if found is None:
        return None
    arrays = dict(found.arrays)
    for name in found.arrays:
        group, _, own = name.partition("/")
        if group == "likelihood" and _IS_BOUND(own):
            arrays[f"{group}/{NEGATIVE}{own}"] = -arrays.pop(name)
    return Replicates(arrays, found.basis)


def recorded_measures(found: Any) -> dict[str, Measure]:
    """Read measures by name, leaving out invalid ones."""
    if not isinstance(found, dict):
        return {}
    return {name: measure for name, each in found.items() if (measure := _measure(each)) is not None}


def losses(found: dict[str, Measure]) -> dict[str, Measure]:
    """Return measures of likelihood by name, with bounds on log p(x) turned into bounds on −log p(x)."""
    return {
        f"{NEGATIVE}{name}" if _IS_BOUND(name) else name: (
            measure.negated(_meaning(name, measure.meaning)) if _IS_BOUND(name) else measure
        )
        for name, measure in found.items()
    }


def _meaning(name: str, of_bound: str) -> str:
    """Say what a bound on −log p(x) is, given what was recorded about the one on log p(x)."""
    images = f"{'binarised' if 'binarised' in of_bound else 'grey'} test images"
    if name == "elbo":
        return f"reconstruction loss + KL of {images}, at least −log p(x)"
    draws = int(name.removeprefix("bound_"))
    return f"importance-weighted bound on −log p(x) of {images}, {draws:,} draws each"


def _measure(found: Any) -> Measure | None:
    if not isinstance(found, dict) or not _is_number(found.get("value")) or "higher_is_better" not in found:
        return None
    known: dict[str, Any] = _ABSENT | {name: found[name] for name in _KINDS if name in found}
    if not all(_KINDS[name](value) for name, value in known.items()):
        return None
    measure = Measure(**known)
    return measure if _has_sound_interval(measure) else None


def _has_sound_interval(measure: Measure) -> bool:
    if measure.low is None or measure.high is None:
        return measure.low is measure.high
    return measure.low <= measure.high


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found)


def _is_number_or_none(found: Any) -> bool:
    return found is None or _is_number(found)


def _is_count(found: Any) -> bool:
    return isinstance(found, int) and found >= 0


def _is_text(found: Any) -> bool:
    return isinstance(found, str)


def _is_direction(found: Any) -> bool:
    return found is None or isinstance(found, bool)


_KINDS: dict[str, Callable[[Any], bool]] = {
    "value": _is_number,
    "low": _is_number_or_none,
    "high": _is_number_or_none,
    "images": _is_count,
    "draws": _is_count,
    "unit": _is_text,
    "meaning": _is_text,
    "higher_is_better": _is_direction,
    "good": _is_number_or_none,
    "bad": _is_number_or_none,
}
_ABSENT = {"low": None, "high": None, "images": 0, "draws": 0, "unit": "", "meaning": ""}


def _active_units(found: Any) -> ActiveUnits | None:
    if not isinstance(found, dict) or not isinstance(found.get("kl"), list):
        return None
    by_variance, by_kl = found.get("by_variance"), found.get("by_kl")
    if not isinstance(by_variance, int) or not isinstance(by_kl, int):
        return None
    return ActiveUnits(by_variance, by_kl, len(found["kl"]))
