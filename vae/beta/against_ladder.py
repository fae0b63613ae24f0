"""A multi-rate VAE beside a ladder's runs, at each run's own β: what it gains or loses against models of one β."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from vae.beta.curve import HIGHEST, LOWEST, Curve
from vae.beta.ladder import Ladder, comparable
from vae.storage.checkpoints import Checkpoint


@dataclass(frozen=True)
class Gap:
    """The terms of a ladder's runs at one β, a run for each seed, and those of a multi-rate VAE there."""

    beta: float
    runs: tuple[tuple[float, float], ...]  # rate and distortion of every seed's run, in nats per image
    rate: float  # of the multi-rate VAE less the mean of the runs', in nats per image
    reconstruction: float  # the reconstruction loss of the multi-rate VAE less the mean of the runs'
    objective_percent: float  # by how many percent its objective, reconstruction + β · KL, lies above the runs'
    spread_percent: float  # the range of the runs' objectives in percent of their mean; 0 for one run


def gaps(curve: Curve, ladder: Ladder) -> list[Gap]:
    """Compare a curve with the measured runs of a ladder at every β of the slider that these have, by rising β."""
    by_beta: dict[float, list[tuple[float, float]]] = {}
    for run in ladder.runs:
        rate, distortion = run.metric("test_kl"), run.metric("test_reconstruction")
        if LOWEST <= run.config.beta <= HIGHEST and rate is not None and distortion is not None:
            by_beta.setdefault(run.config.beta, []).append((rate, distortion))
    return [_gap(curve, beta, runs) for beta, runs in sorted(by_beta.items())]


def _gap(curve: Curve, beta: float, runs: Sequence[tuple[float, float]]) -> Gap:
    reconstruction, rate = curve.at(beta)
    objectives = [distortion + beta * own for own, distortion in runs]
    mean = fmean(objectives)
    return Gap(
        beta,
        tuple(runs),
        rate - fmean(own for own, _ in runs),
        reconstruction - fmean(distortion for _, distortion in runs),
        100 * ((reconstruction + beta * rate) / mean - 1),
        100 * (max(objectives) - min(objectives)) / mean,
    )


def ladder_beside(run: Checkpoint, found: Sequence[Ladder]) -> Ladder | None:
    """Return the ladder whose runs can be compared with a multi-rate VAE: of its latent size, and of its layers if any.

    Where nats cannot be compared, or no ladder has this latent size, there is none.
    """
    same = [
        ladder
        for ladder in found
        if ladder.config.latent_dim == run.config.latent_dim and comparable(ladder.rungs[0], run)
    ]
    return next((ladder for ladder in same if ladder.config.layers == run.config.layers), same[0] if same else None)
