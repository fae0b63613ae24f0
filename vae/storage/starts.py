"""The checkpoint that a run trains on from, found by its weights whatever its name is now."""

from pathlib import Path
from typing import Any

import torch

from vae.storage.checkpoints import Checkpoint, load
from vae.storage.models import load_model
from vae.storage.names import CheckpointError, checkpoint_paths
from vae.storage.weights import fingerprint, read_weights
from vae.training.config import FINGERPRINT_DIGITS, TrainConfig
from vae.training.recipe import continued


def continuing(before: Checkpoint, **changes: Any) -> TrainConfig:
    """Return the settings of a run that trains on from a checkpoint, with `changes` as in `recipe.continued`.

    Raises:
        CheckpointError: when its weights cannot be read.
        ConfigError: for a change of a setting that the weights fit to, or a value out of range.
    """
    return continued(before.config, before.name, fingerprint(read_weights(before.path)), **changes)


def find_start(name: str, weights: str) -> Checkpoint:
    """Find the checkpoint whose weights have a SHA-256 that begins with `weights`, at best the one called `name`.

    Raises:
        CheckpointError: when no checkpoint has these weights any more.
    """
    for path in sorted(checkpoint_paths(), key=lambda path: path.name != name):
        if _has(path, weights):
            return load(path.name)
    raise CheckpointError(
        f"The weights of {name} that this run starts from ({weights[:FINGERPRINT_DIGITS]}) are gone: no run "
        "here has them."
    )


def start_weights(config: TrainConfig) -> dict[str, torch.Tensor] | None:
    """Read the weights by name, float32, that a run trains on from; return None for a run from scratch.

    Raises:
        CheckpointError: when no checkpoint has these weights any more.
    """
    if not config.start:
        return None
    return load_model(find_start(config.start, config.start_weights)).state_dict()


def _has(path: Path, weights: str) -> bool:
    try:
        return fingerprint(read_weights(path)).startswith(weights)
    except CheckpointError:
        return False
