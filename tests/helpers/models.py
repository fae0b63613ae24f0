"""Models of every kind that nobody has trained, with the checkpoint that they would have."""

from pathlib import Path

import torch

from vae.models.autoencoders import Autoencoder
from vae.models.multi_rate import settled
from vae.storage.checkpoints import Checkpoint
from vae.storage.header import Stored
from vae.training.build import build_model
from vae.training.config import TrainConfig

CLASSES = 3
HIDDEN = {"mlp": (12, 10), "conv": (4, 6)}


def untrained(
    model: str, body: str = "mlp", shape: tuple[int, int, int] = (1, 28, 28), activation: str = "silu"
) -> tuple[Checkpoint, Autoencoder]:
    """A model whose weights are all random, also those that training begins with as 0, and its checkpoint."""
    config = TrainConfig(
        model=model, body=body, hidden=HIDDEN[body], activation=activation, latent_dim=3, epochs=1, device="cpu"
    )
    made = build_model(config, shape, CLASSES).eval().requires_grad_(False)
    noise = torch.Generator().manual_seed(0)
    for weight in made.parameters():
        weight.add_(0.2 * torch.randn(weight.shape, generator=noise))
    made = settled(made)  # as a checkpoint holds it
    checkpoint = Checkpoint(
        path=Path(f"{model}-{body}"),
        config=config,
        image_shape=shape,
        classes=CLASSES,
        data_fingerprint="f" * 64,
        device="cpu",
        stepping="eager",
        finished=True,
        epochs_done=1.0,
        steps_done=1,
        seconds_taken=1.0,
        created="2026-01-01T00:00:00+00:00",
        versions={},
        stored=Stored(model, (0, "")),
        columns={},
    )
    return checkpoint, made
