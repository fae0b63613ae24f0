"""Members of a small sweep."""

from dataclasses import replace

from vae.jobs.plan import Member
from vae.training.config import TrainConfig

SMALL = TrainConfig(epochs=2, hidden=(32, 16), batch_size=48, beta_warmup=0.5)  # 320 images: a smaller last batch
MEMBERS = [
    Member(f"run-{beta:g}-{seed}", replace(SMALL, beta=beta, seed=seed)) for beta in (0.5, 4.0) for seed in (0, 1)
]
