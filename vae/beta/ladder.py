"""Ladders, which are runs that differ in β alone: finding them, aligning their maps, and choosing the best β."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from vae.explore.alignment import turning
from vae.measure.intervals import Measure
from vae.measure.recorded import recorded_quality
from vae.storage.checkpoints import Checkpoint
from vae.training.config import TrainConfig

FEWEST_RUNGS = 3
WITHIN = 1.0  # a smaller latent size is preferred if its ELBO is at most this many nats lower


@dataclass(frozen=True)
class Ladder:
    """Finished VAEs of one data set that are equal in all settings but β and device, by rising β."""

    rungs: tuple[Checkpoint, ...]

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
        words += [f"seed {config.seed}"] if config.seed else []
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

    Where several runs have the same settings and β, the first of them is taken.
    """
    groups: dict[tuple[TrainConfig, str], dict[float, Checkpoint]] = {}
    for checkpoint in checkpoints:
        if checkpoint.model == "vae" and checkpoint.finished:
            key = replace(checkpoint.config, beta=1.0, device="auto"), checkpoint.data_fingerprint
            groups.setdefault(key, {}).setdefault(checkpoint.config.beta, checkpoint)
    found = [Ladder(tuple(by_beta[beta] for beta in sorted(by_beta))) for by_beta in groups.values()]
    return sorted(
        (one for one in found if len(one.rungs) >= FEWEST_RUNGS),
        key=lambda one: (-len(one.rungs), one.config.latent_dim),
    )


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


@dataclass(frozen=True)
class Criterion:
    """A number in metrics.json's `quality` by which a β can be chosen."""

    label: str
    group: str
    name: str
    sampler: str | None = None

    def of(self, checkpoint: Checkpoint) -> Measure | None:
        """Return the measure of a run; None where it was not measured or has no interval."""
        quality = recorded_quality(checkpoint.metrics)
        found = None if quality is None else quality.measures(self.group, self.sampler).get(self.name)
        return None if found is None or found.low is None or found.high is None else found


CRITERIA = (
    Criterion("Likelihood: bound of 50 draws", "likelihood", "bound_50"),
    Criterion("ELBO", "likelihood", "elbo"),
    Criterion("Samples of N(0, I): Fréchet distance", "samples", "frechet", "prior"),
    Criterion("Samples of N(0, I): kernel distance", "samples", "kernel", "prior"),
    Criterion("Samples of N(0, I): precision", "samples", "precision", "prior"),
    Criterion("Samples of N(0, I): coverage", "samples", "coverage", "prior"),
    Criterion("Samples of a fitted mixture: Fréchet distance", "samples", "frechet", "mixture"),
    Criterion("Codes: kNN accuracy, 100 labels", "latents", "knn_100"),
    Criterion("Codes: kNN accuracy, all labels", "latents", "knn_all"),
    Criterion("Codes: linear probe", "latents", "linear_probe"),
    Criterion("Reconstruction", "likelihood", "reconstruction"),
    Criterion("Aggregate posterior: squared MMD from the prior", "latents", "prior_mmd"),
)


@dataclass(frozen=True)
class Verdict:
    """The best run by a criterion, and the runs that cannot be told from it."""

    best: Checkpoint
    rivals: tuple[Checkpoint, ...]  # whose intervals overlap the best one's
    measured: int  # number of runs for which the criterion was measured

    @property
    def decided(self) -> bool:
        """Whether no other run's interval overlaps the best one's."""
        return not self.rivals


def best_run(runs: Sequence[Checkpoint], criterion: Criterion) -> Verdict | None:
    """Find the best run by a criterion, and those whose 95 % intervals overlap its own; None for fewer than two."""
    measures = [(run, found) for run in runs if (found := criterion.of(run)) is not None]
    if len(measures) < 2:
        return None
    sign = 1 if measures[0][1].higher_is_better else -1
    best, top = max(measures, key=lambda pair: sign * pair[1].value)
    rivals = (run for run, m in measures if run is not best and not m.below(top) and not top.below(m))
    return Verdict(best, tuple(rivals), len(measures))


def best_by_latent_size(runs: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Return the run with the highest ELBO on all test images for every latent size, by rising size."""
    measured = [(run.config.latent_dim, elbo, run) for run in runs if (elbo := run.metric("elbo")) is not None]
    by_elbo = sorted(measured, key=lambda found: found[1])
    best = {size: run for size, _, run in by_elbo}  # the highest of a size comes last and stays
    return [best[size] for size in sorted(best)]


def smallest_within(best: Sequence[Checkpoint], nats: float = WITHIN) -> Checkpoint:
    """Return, out of `best_by_latent_size`, the run of the smallest latent size within `nats` of the highest ELBO."""
    elbos = [run.metric("elbo") or 0.0 for run in best]
    return next(run for run, elbo in zip(best, elbos, strict=True) if elbo >= max(elbos) - nats)
