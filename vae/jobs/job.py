"""A job of the trainer: its runs, their state and what they have reported so far."""

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vae.training.config import TrainConfig


@dataclass
class Run:
    """One run of a job, with what its reports have said so far."""

    config: TrainConfig
    name: str  # the name of its checkpoint
    claimed: bool = False  # whether its trainer still holds the claim of its name
    phase: str = "waiting"  # waiting, training, measuring or done
    progress: float = 0.0
    began: float = 0.0  # `time.monotonic()` of its first report of progress; 0 before it
    history: list[dict[str, float]] = field(default_factory=list)
    samples: np.ndarray | None = None  # uint8 (N, C, H, W), from the last report
    latents: np.ndarray | None = None  # float32 (2000, latent_dim), from the last report
    kl_per_dimension: np.ndarray | None = None  # float32 (latent_dim,), nats, from the last report; None for an AE
    collapse: str = ""  # that it is no better than the mean image, and why, as its last report or look has it
    looks: list[dict[str, float]] = field(default_factory=list)  # the rows of `watch.Watch`
    seen: dict[str, np.ndarray] = field(default_factory=dict)  # the arrays of the last look: `samples` and `latents`

    def take(self, message: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """Take in one of its reports, a message of the worker with the arrays that came with it."""
        event = message["event"]
        if event == "progress":
            self.began = self.began or time.monotonic()
            self.phase, self.progress = message["phase"], message["progress"]
        elif event == "collapse":
            self.collapse = message["said"]
        elif event == "look":
            self.looks.append(message["row"])
            self.seen = arrays
        elif event == "epoch":
            self.history.append(message["row"])
            self.samples, self.latents = arrays["samples"], arrays["latents"]
            self.kl_per_dimension = arrays.get("kl_per_dimension")

    def seconds_left(self) -> float | None:
        """Return an estimate of the seconds that its training still takes; None before and after training."""
        if self.progress <= 0 or self.phase != "training":
            return None
        return (time.monotonic() - self.began) * (1 - self.progress) / self.progress


@dataclass
class Job:
    """The training that a press of Retrain asks for with one seed: one run, or a pair of an AE's and a VAE's."""

    id: str
    runs: list[Run]
    owner: str = ""  # the session that may cancel it: the one that asked for it, or came back to it
    state: str = "queued"  # queued, running, done, cancelled or failed
    error: str = ""
    began: float = 0.0  # `time.monotonic()` when the worker began it; 0 before
    seconds: float = 0.0  # from its beginning to its end; 0 until it has ended
    series: str = ""  # the id of the first of the jobs that were submitted with it; empty for that one itself

    @property
    def running(self) -> bool:
        """Whether the worker trains or measures it now."""
        return self.state == "running"

    @property
    def ended(self) -> bool:
        """Whether it is done, cancelled or failed."""
        return self.state not in ("queued", "running")

    @property
    def names(self) -> list[str]:
        """Names of its checkpoints."""
        return [run.name for run in self.runs]

    @property
    def finished_names(self) -> list[str]:
        """Names of those of its checkpoints that hold at least one full epoch."""
        return [run.name for run in self.runs if run.history]

    @property
    def trained(self) -> bool:
        """Whether all of its runs are trained, so that only measuring is left."""
        return all(run.phase in ("measuring", "done") for run in self.runs)

    def seconds_left(self) -> float | None:
        """Return an estimate of the seconds that its training still takes, at the speed of its run; None if unknown.

        A run that waits for another one is taken to need as long as that.
        """
        left = [(run, seconds) for run in self.runs if (seconds := run.seconds_left()) is not None]
        if not left:
            return None
        run, longest = max(left, key=lambda one: one[1])
        whole = time.monotonic() - run.began + longest
        return longest + whole * sum(other.phase == "waiting" for other in self.runs)
