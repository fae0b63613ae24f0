"""Ladders, which are runs that differ in β alone: finding them, and aligning their maps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from vae.explore.alignment import turning
from vae.storage.checkpoints import Checkpoint
from vae.training.config import TrainConfig

FEWEST_RUNGS = 3
SMALLEST_TELLING_SIZE = 5  # latent dimensions; below, samples of a small β still look like images


@dataclass(frozen=True)
class Ladder:
    """Finished VAEs of one data set that are equal in all settings but β, device and precision, by rising β."""

    rungs: tuple[Checkpoint, ...]
    more_seeds: tuple[tuple[Checkpoint, ...], ...] = ()  # the same of every other seed of training, by rising β

    @property
    def seeds(self) -> tuple[tuple[Checkpoint, ...], ...]:
        """The runs of every seed of training, those of its rungs first."""
        return self.rungs, *self.more_seeds

    @property
    def runs(self) -> list[Checkpoint]:
        """All runs of all seeds."""
        return [run for runs in self.seeds for run in runs]

    @property
    def config(self) -> TrainConfig:
        """The settings of its first rung."""
        return self.rungs[0].config

    @property
    def betas(self) -> list[float]:
        """The β of every rung, rising."""
        return [rung.config.beta for rung in self.rungs]

    @property
    def label(self) -> str:
        """The settings that its runs share, in words: `10-D · mlp 256-256 · 20 epochs · 10 β from 0 to 16`."""
        config = self.config
        words = [f"{config.latent_dim}-D", config.layers]
        words += [config.likelihood] if config.likelihood != "bernoulli" else []
        words += ["binarised"] if config.binarised else []
        words += [f"input noise σ {config.input_noise:g}"] if config.input_noise else []
        words += [
            f"{self.rungs[0].epochs_done:.3g} epochs",
            f"{len(self.rungs)} β from {self.betas[0]:g} to {self.betas[-1]:g}",
        ]
        if len({run.config.precision for run in self.runs}) > 1:
            words += ["float32 and bfloat16"]
        if self.more_seeds:
            words += [f"{len(self.seeds)} seeds"]
        elif config.seed:
            words += [f"seed {config.seed}"]
        return " · ".join(words)


class Rung(NamedTuple):
    """The output of one run of a ladder for the z and the images that all of its runs are given."""

    beta: float
    name: str
    samples: np.ndarray  # uint8 (N, C, H, W)
    reconstructions: np.ndarray  # uint8 (M, C, H, W)
    points: np.ndarray  # (P, 2), a map of codes, turned to lie on the map of the rung before
    kl: np.ndarray  # (latent_dim,) nats per image
    reconstruction: float  # nats per image
    rate: float  # nats per image


def ladders(checkpoints: Sequence[Checkpoint]) -> list[Ladder]:
    """Return every ladder of at least three β, longest first, then by latent size.

    Runs that differ in β and seed alone make one ladder. Its rungs are those of the seed with the most β, of the
    lowest of these seeds if there are several. Where several runs have the same settings, seed and β, the first of
    them is taken.
    """
    groups: dict[tuple[TrainConfig, str], dict[int, dict[float, Checkpoint]]] = {}
    for checkpoint in checkpoints:
        if checkpoint.model == "vae" and checkpoint.finished:
            config = checkpoint.config
            key = replace(config, beta=1.0, seed=0, device="auto", precision="auto"), checkpoint.data_fingerprint
            groups.setdefault(key, {}).setdefault(config.seed, {}).setdefault(config.beta, checkpoint)
    found = []
    for by_seed in groups.values():
        seeds = [tuple(runs[beta] for beta in sorted(runs)) for _, runs in sorted(by_seed.items())]
        rungs, *more = sorted((s for s in seeds if len(s) >= FEWEST_RUNGS), key=len, reverse=True) or [()]
        if rungs:
            found.append(Ladder(rungs, tuple(more)))
    return sorted(found, key=lambda one: (-len(one.rungs), one.config.latent_dim))


def telling(found: Sequence[Ladder]) -> Ladder:
    """Return the first ladder of at least 5 latent dimensions, in which β moves the samples most; else the first."""
    return next((one for one in found if one.config.latent_dim >= SMALLEST_TELLING_SIZE), found[0])


def comparable(one: Checkpoint, other: Checkpoint) -> bool:
    """Tell whether the nats of two runs can be compared: their images, likelihood, σ and binarisation are equal."""

    def measured(checkpoint: Checkpoint) -> tuple[Any, ...]:
        config = checkpoint.config
        sigma = config.sigma if config.likelihood == "gaussian" else None
        return checkpoint.data_fingerprint, config.likelihood, sigma, config.binarised

    return measured(one) == measured(other)


def aligned(maps: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the maps (P, 2) of the same images, each turned about 0 and mirrored to lie on the one before it."""
    found: list[np.ndarray] = []
    for points in maps:
        found.append(points @ turning(points, found[-1]) if found else points)
    return found
