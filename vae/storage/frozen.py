"""A multi-rate VAE's checkpoint as that of the ordinary VAE which it is at a β."""

from dataclasses import replace

from vae.models.choices import HIGHEST_BETA, LOWEST_BETA
from vae.storage.checkpoints import Checkpoint
from vae.training.config import MULTI_RATE


def frozen(checkpoint: Checkpoint, beta: float) -> Checkpoint:
    """Return a multi-rate VAE's checkpoint as that of a VAE of a β, which `load_model` folds; any other as it is.

    One that is frozen already is frozen anew. A β beyond those of the training gives the nearest of them. What was
    measured of the run is left out at every β but 1, since it is of that one.
    """
    every = checkpoint.unfrozen or checkpoint
    if every.model != MULTI_RATE:
        return checkpoint
    at = min(max(float(beta), LOWEST_BETA), HIGHEST_BETA)
    found = replace(every, config=replace(every.config, model="vae", beta=at), unfrozen=every)
    return found if found.has_own_numbers else replace(found, metrics={})


def alike(one: Checkpoint, other: Checkpoint) -> tuple[Checkpoint, Checkpoint]:
    """Return two checkpoints with a multi-rate VAE frozen at the β of the other one.

    Of two such, the first is frozen at the β of the second; that is 1 for one that is not frozen itself.
    """
    first = frozen(one, other.config.beta)
    return first, frozen(other, first.config.beta)


def compared_as(model: str) -> str:
    """Return the kind that a kind of model is compared as: a multi-rate VAE is a VAE at every β."""
    return "vae" if model == MULTI_RATE else model
