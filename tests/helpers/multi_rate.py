"""A small multi-rate VAE whose gates are open, so that β changes what it does."""

import torch

from vae.data.dataset import Dataset
from vae.models.multi_rate import MultiRateVAE
from vae.storage.recording import record
from vae.training.build import build_model
from vae.training.config import TrainConfig
from vae.training.loop import train


def with_open_gates(dataset: Dataset, latent_dim: int = 3, **settings: object) -> tuple[MultiRateVAE, TrainConfig]:
    """An untrained model of a data set's images, which no gradient reaches, and its settings."""
    body = {"hidden": (12,), "activation": "silu", "epochs": 1} | settings
    config = TrainConfig(model="multi-rate-vae", latent_dim=latent_dim, **body)  # type: ignore[arg-type]
    model = build_model(config, tuple(dataset.train_images.shape[1:])).requires_grad_(False).eval()
    assert isinstance(model, MultiRateVAE)
    model.gate.weight.normal_(std=0.3, generator=torch.Generator().manual_seed(0))
    return model, config


def record_every_beta(dataset: Dataset, name: str, steps: int = 60) -> str:
    """Train a small model of two latent dimensions for a moment, and keep it as a run of this name."""
    config = TrainConfig(model="multi-rate-vae", hidden=(16,), latent_dim=2, epochs=None, steps=steps, device="cpu")
    for _ in record(train(config, dataset), name, config, dataset):
        pass
    return name
