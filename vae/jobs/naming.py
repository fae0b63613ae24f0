"""Names for the runs of a job, which are claimed before it trains."""

from collections.abc import Sequence

from vae.storage.claims import claim, claim_unused, release
from vae.storage.names import CheckpointError
from vae.training.config import TrainConfig


def claim_names(
    configs: Sequence[TrainConfig], names: Sequence[str] | None = None, *, by_seed: bool = False
) -> list[str]:
    """Claim a name for each run, all of them or none, and return them.

    Args:
        names: by default made from the settings, and different from every name that a checkpoint has or anybody has
            claimed.
        by_seed: whether a name that is made says the seed too, as in `vae-2d-beta8-seed3`.

    Raises:
        CheckpointError: when a name cannot be claimed.
    """
    claimed: list[str] = []
    try:
        for number, config in enumerate(configs):
            if names is None:
                claimed.append(claim_unused(config.default_name() + (f"-seed{config.seed}" if by_seed else "")))
            else:
                claim(names[number])
                claimed.append(names[number])
    except CheckpointError:
        for name in claimed:
            release(name)
        raise
    return claimed
