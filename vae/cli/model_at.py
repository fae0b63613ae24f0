"""The model of a run for a command, at the β that its option `--beta` gives."""

import torch

from vae.cli.parsers import ArgumentError
from vae.models.autoencoders import Autoencoder
from vae.models.choices import HIGHEST_BETA, LOWEST_BETA
from vae.models.multi_rate import MultiRateVAE
from vae.storage.checkpoints import Checkpoint
from vae.storage.models import load_model
from vae.training.config import MULTI_RATE


def check_beta(checkpoint: Checkpoint, beta: float | None) -> None:
    """Check that a run's model can be taken at the β that is asked for, or that none is.

    Raises:
        ArgumentError: saying why it cannot.
    """
    if beta is None:
        return
    if checkpoint.model != MULTI_RATE:
        raise ArgumentError(
            f"--beta goes with runs of model multi-rate-vae, and {checkpoint.name} is a run of model "
            f"{checkpoint.model}."
        )
    if not LOWEST_BETA <= beta <= HIGHEST_BETA:
        raise ArgumentError(f"--beta must be {LOWEST_BETA:g} to {HIGHEST_BETA:g}, not {beta:g}.")


def model_at(checkpoint: Checkpoint, beta: float | None, device: str | torch.device = "cpu") -> Autoencoder:
    """Load the model of a run; a multi-rate VAE with a β becomes the ordinary VAE that it is there.

    Raises:
        ArgumentError: as `check_beta` raises it.
        CheckpointError: when the weights cannot be read.
    """
    check_beta(checkpoint, beta)
    model = load_model(checkpoint, device)
    return model.at(beta) if beta is not None and isinstance(model, MultiRateVAE) else model
