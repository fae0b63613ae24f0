"""Sentences about two runs that are compared: whether they differ in β alone, or in what else."""

from collections.abc import Sequence

from vae.storage.checkpoints import Checkpoint
from vae.training.config import MACHINE_SETTINGS, START_SETTINGS, differences

_BUDGET = ("epochs", "steps", "seconds", *MACHINE_SETTINGS)
# A run that trains on has an optimiser of its own, so that these say nothing about the two models.
_OPTIMISER = ("beta_warmup", "batch_size", "learning_rate", "schedule", "adam_beta2", "seed")
STEPS_APART = 0.05  # share by which two runs of one budget in seconds may differ in steps


def what_differs(before: Checkpoint, after: Checkpoint) -> str:
    """Return two sentences, of which the first says whether the runs differ in β alone or in what else, as Markdown."""
    every = _of_every_beta(before, after)
    if trained_on(before, after):
        changed = every + differences(before.config, after.config, ignoring=(*_BUDGET, *START_SETTINGS, *_OPTIMISER))
        how = (
            f"{after.name} started from the weights of {before.name} and trained for {after.steps_done:,} more steps "
            f"({after.seconds_taken:.0f} s)"
        )
        if after.frozen_at is None and after.config.beta != before.config.beta:
            how += "; β moved to its new value over the first third of them"
        return f"{_differ(changed, 'They differ only in the number of training steps')} {how}."
    # Where they start from is told by name.
    changed = every + differences(before.config, after.config, ignoring=(*_BUDGET, "start_weights", "start_beta"))
    steps = f"{before.steps_done:,} and {after.steps_done:,}"
    fewest, most = sorted((before.steps_done, after.steps_done))
    if most - fewest > STEPS_APART * most:
        changed.append(f"training steps ({steps})")
    if _beta_alone(changed):
        same = f"All their other settings and their seed are the same, and they trained for {steps} steps"
    else:
        same = f"They trained independently of each other, for {steps} steps"
    return f"{_differ(changed, 'Their settings do not differ')} {same}."


def trained_on(before: Checkpoint, after: Checkpoint) -> bool:
    """Tell whether a run trained on from the other, by the name that the other had then."""
    return bool(after.config.start) and after.config.start == before.name


def _of_every_beta(before: Checkpoint, after: Checkpoint) -> list[str]:
    """Return, as a list of what differs, which of two runs alone has learned every β, or an empty list."""
    learned = [run.title for run in (before, after) if run.frozen_at is not None]
    return [f"the β that they learned ({learned[0]} learned every β, the other one alone)"] if len(learned) == 1 else []


def listed(parts: Sequence[str]) -> str:
    """Join words as a sentence has them: `a`, `a and b`, `a, b and c`."""
    return " and ".join([part for part in (", ".join(parts[:-1]), *parts[-1:]) if part])


def _beta_alone(changed: list[str]) -> bool:
    return len(changed) == 1 and changed[0].startswith("β (")


def _differ(changed: list[str], otherwise: str) -> str:
    if not changed:
        return f"**{otherwise}.**"
    if _beta_alone(changed):
        return f"**The two models differ in β alone {changed[0].removeprefix('β ')}.**"
    return f"**The two models differ in {listed(changed)}.**"
