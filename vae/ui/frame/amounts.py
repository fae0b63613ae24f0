"""Words for how much a model has trained."""

from vae.storage.checkpoints import Checkpoint


def trained_for(checkpoint: Checkpoint) -> str:
    """Return a model's training in epochs, or in steps where that was less than an epoch."""
    if checkpoint.epochs_done < 1:
        return f"{checkpoint.steps_done:,} steps"
    return "1 epoch" if checkpoint.epochs_done == 1 else f"{checkpoint.epochs_done:.3g} epochs"


def after(epoch: float) -> str:
    """Return a time of training, given in epochs, as a sentence has it: `after epoch 3`."""
    if epoch < 1:
        return f"after {epoch:.0%} of the first epoch"
    return f"after epoch {epoch:g}" if epoch == int(epoch) else f"after {epoch:.1f} epochs"
