"""Ladders told by the names of their runs, as sweeps give them, so that a list can fold each into one row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vae.beta.ladder import FEWEST_RUNGS
from vae.storage.checkpoints import Checkpoint

_RUNG = re.compile(r"(?P<ladder>.+)-beta[0-9.e+-]+-seed[0-9]+")  # the name that `jobs.plan` makes
_BESIDE = re.compile(r"(?P<ladder>.+)-optimal-sigma")  # a run that chooses its own balance, trained beside a ladder


@dataclass(frozen=True)
class Folded:
    """The runs of one ladder, by rising β, and what their names begin with."""

    name: str
    runs: tuple[Checkpoint, ...]

    @property
    def label(self) -> str:
        """The ladder in words: `ladder-vae-10d: 11 runs of latent size 10, β from 0 to 16`."""
        betas = [run.config.beta for run in self.runs]
        size = self.runs[0].config.latent_dim
        return f"{self.name}: {len(self.runs)} runs of latent size {size}, β from {min(betas):g} to {max(betas):g}"


def fold(runs: Sequence[Checkpoint]) -> tuple[list[Checkpoint], list[Folded]]:
    """Return the runs that belong to no ladder, and the ladders in the order of their first runs.

    The names decide, so that runs which somebody trained one by one are never hidden in a ladder.
    """
    groups: dict[str, list[Checkpoint]] = {}
    for run in runs:
        found = _RUNG.fullmatch(run.name) or _BESIDE.fullmatch(run.name)
        if found:
            groups.setdefault(found["ladder"], []).append(run)
    ladders = [Folded(name, tuple(sorted(group, key=_place))) for name, group in groups.items() if _is_ladder(group)]
    folded = {run.name for ladder in ladders for run in ladder.runs}
    return [run for run in runs if run.name not in folded], ladders


def _is_ladder(group: Sequence[Checkpoint]) -> bool:
    return len({run.config.beta for run in group if _RUNG.fullmatch(run.name)}) >= FEWEST_RUNGS


def _place(run: Checkpoint) -> tuple[bool, float, int]:
    return _RUNG.fullmatch(run.name) is None, run.config.beta, run.config.seed
