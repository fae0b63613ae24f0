"""Losses that diverge: when one does, why, and what to do."""

import math
from collections.abc import Mapping

from torch import Tensor

from vae.models.autoencoders import Autoencoder
from vae.training.config import TrainConfig
from vae.training.remedy import named, tamed
from vae.training.reports import TrainingDivergedError

LIMIT = 10  # how many times its first value a loss may rise above it


def load_start(model: Autoencoder, weights: Mapping[str, Tensor], config: TrainConfig) -> None:
    """Give a model the weights that its run trains on from; raise ValueError if some are no finite numbers."""
    if not all(tensor.isfinite().all() for tensor in weights.values()):
        raise ValueError(
            f"Some weights of {config.start} are not finite numbers, so that no run can start from them; start from "
            "another model, or train from scratch."
        )
    model.load_state_dict(weights)


def check_loss(loss: float, first_loss: float, epoch: int, config: TrainConfig) -> None:
    """Raise TrainingDivergedError if the loss of an epoch, in nats, is not finite or far above that of the first step.

    The message names the cause: weights with which no step was possible, or else steps that were too large.
    """
    if math.isfinite(loss) and loss < first_loss + LIMIT * abs(first_loss):
        return
    if config.start and not math.isfinite(first_loss):
        raise TrainingDivergedError(
            f"The loss was {first_loss} before the first step, so that the weights of {config.start} are broken; start "
            "from another model, or train from scratch."
        )
    what = f"rose to {loss:.3g} nats" if math.isfinite(loss) else f"became {loss}"
    changes = [
        f"{'lower' if name == 'learning_rate' else 'raise'} {named(name)} (it is {getattr(config, name):g}; try "
        f"{value:g})"
        for name, value in tamed(config).items()
    ]
    advice = " and ".join([*changes, "train again"])
    raise TrainingDivergedError(
        f"Training diverged in epoch {epoch}: the loss {what}. {advice[0].upper()}{advice[1:]}."
    )
