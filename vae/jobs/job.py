"""A job of the trainer: its runs, their state and what they have reported so far."""

import time
from dataclasses import dataclass, field

import numpy as np

from vae.training.config import TrainConfig


@dataclass
class Run:
    """One of a job's runs, as far as its reports have told."""

    config: TrainConfig
    name: str  # of the checkpoint
    phase: str = "waiting"  # waiting, training, measuring or done
    progress: float = 0.0
    began: float = 0.0  # when its first step was reported
    history: list[dict[str, float]] = field(default_factory=list)
    samples: np.ndarray | None = None  # uint8 (N, C, H, W), the last report's
    latents: np.ndarray | None = None  # float32 (2000, latent_dim), likewise
    kl_per_dimension: np.ndarray | None = None  # float32 (latent_dim,), likewise; None of an AE

    def seconds_left(self) -> float | None:
        """Of its training; None before and after it."""
        if self.progress <= 0 or self.phase != "training":
            return None
        return (time.monotonic() - self.began) * (1 - self.progress) / self.progress


@dataclass
class Job:
    """One press of Retrain: a run, or an AE's and a VAE's."""

    id: str
    runs: list[Run]
    owner: str = ""  # the session that asked for it
    state: str = "queued"  # queued, running, done, cancelled or failed
    error: str = ""
    began: float = 0.0  # when its turn came
    seconds: float = 0.0  # from its turn to the end

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def ended(self) -> bool:
        return self.state not in ("queued", "running")

    @property
    def names(self) -> list[str]:
        """Of the checkpoints."""
        return [run.name for run in self.runs]

    @property
    def finished_names(self) -> list[str]:
        """Checkpoints that hold at least one full epoch."""
        return [run.name for run in self.runs if run.history]

    @property
    def trained(self) -> bool:
        """Whether all that is left is to measure."""
        return all(run.phase in ("measuring", "done") for run in self.runs)
