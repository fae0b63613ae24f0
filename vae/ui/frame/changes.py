"""Sentences about two runs that are compared: whether they differ in β alone, or in what else."""

from vae.storage.checkpoints import Checkpoint
from vae.training.config import MACHINE_SETTINGS, START_SETTINGS, differences

_BUDGET = ("epochs", "steps", "seconds", *MACHINE_SETTINGS)
# A run that trains on has an optimiser of its own, so that these say nothing about the two models.
_OPTIMISER = ("beta_warmup", "batch_size", "learning_rate", "schedule", "adam_beta2", "seed")
STEPS_APART = 0.05  # share by which two runs of one budget in seconds may differ in steps


def what_differs(before: Checkpoint, after: Checkpoint) -> str:
    """Return one or two sentences that begin with whether the runs differ in β alone, as Markdown."""
    if trained_on(before, after):
        changed = differences(before.config, after.config, ignoring=(*_BUDGET, *START_SETTINGS, *_OPTIMISER))
        how = f"{after.name} trained on from {before.name} for {after.steps_done:,} steps ({after.seconds_taken:.0f} s)"
        if after.config.beta != before.config.beta:
            how += ", and β moved to its new value over the first third of them"
        return f"{_differ(changed, 'more steps')} {how}."
    # Where they start from is told by name.
    changed = differences(before.config, after.config, ignoring=(*_BUDGET, "start_weights", "start_beta"))
    fewest, most = sorted((before.steps_done, after.steps_done))
    if most - fewest > STEPS_APART * most:
        changed.append(f"steps: {before.steps_done:,} / {after.steps_done:,}")
    same = (
        "Both have one recipe, one seed and one budget" if _beta_alone(changed) else "Neither trained on from the other"
    )
    return f"{_differ(changed, 'nothing')} {same} ({before.steps_done:,} and {after.steps_done:,} steps)."


def trained_on(before: Checkpoint, after: Checkpoint) -> bool:
    """Tell whether a run trained on from the other, by the name that the other had then."""
    return bool(after.config.start) and after.config.start == before.name


def _beta_alone(changed: list[str]) -> bool:
    return len(changed) == 1 and changed[0].startswith("β:")


def _differ(changed: list[str], else_in: str) -> str:
    if not changed:
        return f"**These two differ in {else_in}.**"
    told = "; ".join(changed)
    if _beta_alone(changed):
        return f"**These two differ in β alone: {told.removeprefix('β: ').replace(' / ', ' → ')}.**"
    return f"**These two differ in: {told}.**"
