"""The best β by a criterion and the smallest latent size that is enough, as far as paired intervals decide them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vae.measure.intervals import Measure
from vae.measure.paired import Difference, differences_from
from vae.measure.recorded import recorded_quality, recorded_replicates
from vae.storage.checkpoints import Checkpoint

WITHIN = 1.0  # a smaller latent size is enough if its −ELBO is at most this many nats higher


@dataclass(frozen=True)
class Criterion:
    """A number in metrics.json's `quality` by which a β can be chosen."""

    label: str
    group: str
    name: str
    sampler: str | None = None
    trivial: str = ""  # how a model gets a good value without being good; empty where it cannot

    @property
    def key(self) -> str:
        """The name of its replicates."""
        return "/".join(filter(None, (self.group, self.sampler, self.name)))

    def of(self, checkpoint: Checkpoint) -> Measure | None:
        """Return the measure of a run; None where it was not measured or has no interval."""
        quality = recorded_quality(checkpoint.metrics)
        found = None if quality is None else quality.measures(self.group, self.sampler).get(self.name)
        return None if found is None or found.low is None or found.high is None else found


NEGATIVE_ELBO = Criterion("Likelihood: −ELBO", "likelihood", "negative_elbo")
BOUND = Criterion("Likelihood: bound on −log p(x) of 50 draws", "likelihood", "negative_bound_50")
FRECHET = Criterion("Samples of N(0, I): Fréchet distance", "samples", "frechet", "prior")
REALISTIC = Criterion("Samples of N(0, I): realistic", "samples", "realistic", "prior")
FEW_LABELS = Criterion("Codes: kNN accuracy, 100 labels", "latents", "knn_100")
RECONSTRUCTION = Criterion(
    "Reconstruction loss",
    "likelihood",
    "reconstruction",
    trivial="At β = 0 nothing but the reconstruction is trained, so the smallest β wins by itself, whatever its "
    "samples are.",
)
CRITERIA = (
    BOUND,
    NEGATIVE_ELBO,
    FRECHET,
    REALISTIC,
    Criterion("Samples of N(0, I): kernel distance", "samples", "kernel", "prior"),
    Criterion(
        "Samples of N(0, I): precision",
        "samples",
        "precision",
        "prior",
        trivial="Precision does not ask whether samples differ: a model that copies one real image for every z has a "
        "precision of 1. Nor does it ask how usual that image is: scrawls pass that lie near a few odd ones. Read it "
        "beside the coverage and the share of realistic samples.",
    ),
    Criterion("Samples of N(0, I): coverage", "samples", "coverage", "prior"),
    Criterion("Samples of a fitted mixture: Fréchet distance", "samples", "frechet", "mixture"),
    FEW_LABELS,
    Criterion("Codes: kNN accuracy, all labels", "latents", "knn_all"),
    Criterion("Codes: linear probe", "latents", "linear_probe"),
    RECONSTRUCTION,
    Criterion(
        "Aggregate posterior: squared MMD from the prior",
        "latents",
        "prior_mmd",
        trivial="A VAE whose codes say nothing about their images has the prior as its posterior for every image, so a "
        "β that is far too large wins by itself.",
    ),
)


class Compared(NamedTuple):
    """A run beside the best one."""

    run: Checkpoint
    value: float  # the mean over the seeds
    difference: Difference | None  # its value minus the best one's; None where replicates are missing
    decided: bool  # whether it is worse than the best one, as far as the interval tells


class Verdict(NamedTuple):
    """The best run by a criterion, and all others beside it."""

    best: Checkpoint
    value: float  # the mean over the seeds
    others: tuple[Compared, ...]  # in the order of the runs
    paired: bool  # whether intervals of differences decide; else the marginal intervals of the runs do
    seeds: int  # number of seeds of training

    @property
    def rivals(self) -> list[Checkpoint]:
        """The runs that cannot be told from the best one."""
        return [one.run for one in self.others if not one.decided]

    @property
    def betas(self) -> list[float]:
        """The β of the best run and of those that cannot be told from it, ascending."""
        return sorted(run.config.beta for run in (self.best, *self.rivals))

    @property
    def decided(self) -> bool:
        """Whether every other run is worse."""
        return not self.rivals


def best_run(seeds: Sequence[Sequence[Checkpoint]], criterion: Criterion) -> Verdict | None:
    """Find the best run by a criterion and those that cannot be told from it; None for fewer than two measured runs.

    A run is told from the best one where the interval of their paired difference (`differences_from`) excludes 0. If
    replicates are missing, it is told where the two runs' own 95 % intervals do not overlap, which refuses more.

    Args:
        seeds: runs that differ in β alone, of one seed of training after another. Of the seeds after the first those
            count that were measured, with replicates, at every β that was measured of the first.
    """
    runs = [run for run in seeds[0] if criterion.of(run) is not None]
    if len(runs) < 2:
        return None
    betas = [run.config.beta for run in runs]
    rows = [runs, *([run for run in more if run.config.beta in betas] for more in seeds[1:])]
    rows = [row for row in rows if [run.config.beta for run in row] == betas]
    return _paired(rows, criterion) or _marginal(runs, criterion)


def best_by_latent_size(runs: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Return the run with the lowest −ELBO on all test images for every latent size, by rising size."""
    measured = [(run.config.latent_dim, elbo, run) for run in runs if (elbo := run.metric("elbo")) is not None]
    by_elbo = sorted(measured, key=lambda found: found[1])
    best = {size: run for size, _, run in by_elbo}  # the highest of a size comes last and stays
    return [best[size] for size in sorted(best)]


class Sizes(NamedTuple):
    """The smallest latent size whose −ELBO is near enough to the best one, and the smaller ones that may be."""

    smallest: Checkpoint
    undecided: tuple[Checkpoint, ...]  # smaller ones, of which the interval does not tell whether they are near enough
    verdict: Verdict | None  # the paired comparison by −ELBO; None where replicates are missing, and values decide


def smallest_within(best: Sequence[Checkpoint], nats: float = WITHIN) -> Sizes:
    """Return, out of `best_by_latent_size`, the run of the smallest latent size within `nats` of the lowest −ELBO.

    A run is within if the interval of its paired difference from the best one ends below `nats`, and it is not if that
    interval begins above; else it is undecided. Without replicates the values decide.
    """
    verdict = _paired([best], NEGATIVE_ELBO) if all(NEGATIVE_ELBO.of(run) is not None for run in best) else None
    if verdict is None:
        losses = [-(run.metric("elbo") or 0.0) for run in best]
        first = next(run for run, loss in zip(best, losses, strict=True) if loss <= min(losses) + nats)
        return Sizes(first, (), None)
    apart = {one.run.name: one.difference for one in verdict.others if one.difference is not None}
    undecided: list[Checkpoint] = []
    for run in best:
        difference = apart.get(run.name)
        if difference is None or difference.high <= nats:
            return Sizes(run, tuple(undecided), verdict)
        if difference.low <= nats:
            undecided.append(run)
    raise AssertionError("The best run is within any distance of itself.")


class _Replicated(NamedTuple):
    """A measured number with its replicates and what they depend on."""

    measure: Measure
    replicates: np.ndarray  # float32 (draws,)
    basis: tuple[object, ...]  # equal in two runs whose replicates are pairs


def _replicated(run: Checkpoint, criterion: Criterion) -> _Replicated | None:
    measure, found = criterion.of(run), recorded_replicates(run)
    if measure is None or found is None or criterion.key not in found.arrays:
        return None
    replicates = found.arrays[criterion.key]
    if len(replicates) != measure.draws:
        return None
    return _Replicated(measure, replicates, (found.basis, measure.images, measure.draws))


def _paired(seeds: Sequence[Sequence[Checkpoint]], criterion: Criterion) -> Verdict | None:
    """Compare runs by their replicates; None if those of the first seed are missing or are no pairs."""
    rows: list[list[_Replicated]] = []
    for runs in seeds:
        row = [found for run in runs if (found := _replicated(run, criterion)) is not None]
        if len(row) == len(runs) and all(one.basis == (rows or [row])[0][0].basis for one in row):
            rows.append(row)
        elif not rows:
            return None
    values = np.array([[one.measure.value for one in row] for row in rows])
    means, first = values.mean(0), rows[0][0].measure
    best = int(np.argmax(means if first.higher_is_better else -means))
    replicates = np.array([[one.replicates for one in row] for row in rows])
    apart = differences_from(best, values, replicates, first.images)
    others = zip(seeds[0], means, apart, strict=True)
    return Verdict(
        seeds[0][best],
        float(means[best]),
        tuple(Compared(run, float(v), d, d.decided) for i, (run, v, d) in enumerate(others) if i != best),
        paired=True,
        seeds=len(rows),
    )


def _marginal(runs: Sequence[Checkpoint], criterion: Criterion) -> Verdict:
    """Compare runs by their own intervals."""
    measures = [(run, found) for run in runs if (found := criterion.of(run)) is not None]
    sign = 1 if measures[0][1].higher_is_better else -1
    best, top = max(measures, key=lambda pair: sign * pair[1].value)
    others = (
        Compared(run, found.value, None, found.below(top) or top.below(found))
        for run, found in measures
        if run is not best
    )
    return Verdict(best, top.value, tuple(others), paired=False, seeds=1)
