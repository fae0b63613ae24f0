"""The best β: named only where the paired intervals allow it, with several seeds as the outer level."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.runs import measured_run, variant
from vae.beta.best import Criterion, best_by_latent_size, best_run, smallest_within
from vae.storage.checkpoints import Checkpoint, load
from vae.storage.replicates import REPLICATES

FRECHET = Criterion("Fréchet", "samples", "frechet", "prior")
BOUND = Criterion("bound", "likelihood", "negative_bound_50")
RANDOM = np.random.default_rng(0)
HARD = RANDOM.normal(-100, 30, 2_000)  # nats of images, some of which are hard for every model


@pytest.fixture
def run(saved: Path) -> Checkpoint:
    """A real checkpoint, of which tests make variants."""
    return load("small")


def interval(value: float, width: float, *, higher: bool) -> dict[str, Any]:
    return {"value": value, "low": value - width, "high": value + width, "higher_is_better": higher}


def noisy(better: float = 0.0, spread: float = 3.0) -> np.ndarray:
    return HARD + better + RANDOM.normal(0, spread, len(HARD))


def test_a_clear_winner_is_named_though_the_runs_own_intervals_overlap(run: Checkpoint) -> None:
    runs = [measured_run(run, f"b{beta}", noisy(by), beta=beta) for beta, by in ((0.1, -2), (1.0, 0), (4.0, -1))]
    verdict = best_run([runs], BOUND)
    assert verdict is not None
    assert (verdict.best.config.beta, verdict.decided, verdict.paired, verdict.seeds) == (1.0, True, True, 1)
    for one, by in zip(verdict.others, (-2, -1), strict=True):
        assert one.difference is not None
        assert 0 < one.difference.low < -by < one.difference.high  # nats of a loss
        assert one.difference.pairs == len(HARD)
    for bare in runs:
        (bare.path / REPLICATES).unlink()
    marginal = best_run([runs], BOUND)
    assert marginal is not None
    assert (marginal.paired, marginal.decided) == (False, False)


def test_a_tie_is_refused(run: Checkpoint) -> None:
    runs = [measured_run(run, f"b{beta}", noisy(by), beta=beta) for beta, by in ((0.5, 0.02), (1.0, 0), (4.0, -2))]
    verdict = best_run([runs], BOUND)
    assert verdict is not None
    assert not verdict.decided
    assert {verdict.best.config.beta, verdict.rivals[0].config.beta} == {0.5, 1.0}
    assert [one.decided for one in verdict.others] == [False, True]


def test_seeds_as_the_outer_level_widen_the_interval(run: Checkpoint) -> None:
    seeds = [
        [measured_run(run, f"s{seed}-b{beta}", noisy(by), beta=beta, seed=seed) for beta, by in ((0.5, lead), (1.0, 0))]
        for seed, lead in enumerate((0.5, 2.0, -1.0))
    ]
    alone, together = best_run(seeds[:1], BOUND), best_run(seeds, BOUND)
    assert alone is not None
    assert together is not None
    widths = [
        one.difference.high - one.difference.low
        for verdict in (alone, together)
        for one in verdict.others
        if one.difference is not None
    ]
    assert widths[1] > 3 * widths[0]
    assert (alone.decided, alone.seeds) == (True, 1)
    assert (together.decided, together.seeds) == (False, 3)
    assert together.value == pytest.approx(-np.mean([runs[0].metrics["elbo"] for runs in seeds]))
    # A seed that lacks a β of the first one has no part.
    assert best_run([seeds[0], seeds[1][:1]], BOUND) == best_run(seeds[:1], BOUND)


def test_what_makes_no_pairs_is_not_paired(run: Checkpoint) -> None:
    first = measured_run(run, "first", noisy(), beta=0.5)
    others = {
        "data": measured_run(run, "data", noisy(), beta=1.0, basis="another"),
        "images": measured_run(run, "images", noisy()[:500], beta=1.0),
        "draws": measured_run(run, "draws", noisy(), beta=1.0, draws=100),
        "missing": measured_run(run, "missing", noisy(), beta=1.0),
        "damaged": measured_run(run, "damaged", noisy(), beta=1.0),
    }
    (others["missing"].path / REPLICATES).unlink()
    (others["damaged"].path / REPLICATES).write_bytes(b"\x80\x04pickle")
    for name, other in others.items():
        verdict = best_run([[first, other]], BOUND)
        assert verdict is not None
        assert not verdict.paired, name


def test_without_replicates_a_winner_is_named_where_no_interval_reaches_it(run: Checkpoint) -> None:
    distances = {0.1: (50.0, 1.0), 1.0: (20.0, 1.0), 4.0: (23.0, 1.0)}
    runs = [
        variant(run, f"b{beta}", {"samples": {"prior": {"frechet": interval(*found, higher=False)}}}, beta=beta)
        for beta, found in distances.items()
    ]
    verdict = best_run([runs], FRECHET)
    assert verdict is not None
    assert (verdict.best.config.beta, verdict.decided, verdict.paired) == (1.0, True, False)


def test_what_was_not_measured_or_is_no_measure_is_left_out(run: Checkpoint) -> None:
    measured = variant(run, "m", {"likelihood": {"bound_50": interval(-1, 1, higher=True)}})
    bare = variant(run, "bare")
    broken = [variant(run, "x", quality) for quality in ({"likelihood": 5}, {"likelihood": {"bound_50": {"value": 3}}})]
    assert [BOUND.of(one) is not None for one in (measured, bare, *broken)] == [True, False, False, False]
    assert best_run([[measured, bare, *broken]], BOUND) is None
    assert FRECHET.of(variant(run, "ae", {"samples": None})) is None


def test_the_smallest_latent_size_within_a_nat_of_the_best(run: Checkpoint) -> None:
    elbos = {(2, 1.0): -130.0, (10, 1.0): -95.6, (10, 4.0): -120.0, (20, 1.0): -94.9, (40, 1.0): -95.0}
    runs = [
        variant(run, f"{size}-{beta}", elbo=elbo, latent_dim=size, beta=beta) for (size, beta), elbo in elbos.items()
    ]
    best = best_by_latent_size(runs)
    assert [(one.config.latent_dim, one.config.beta) for one in best] == [(2, 1), (10, 1), (20, 1), (40, 1)]
    assert smallest_within(best).smallest.config.latent_dim == 10
    assert smallest_within(best, 0.5).smallest.config.latent_dim == 20


def test_a_latent_size_is_enough_where_the_end_of_its_interval_is(run: Checkpoint) -> None:
    behind = {2: -30.0, 5: -1.0, 10: -0.3, 20: 0.0}
    best = [measured_run(run, f"size{size}", noisy(by), latent_dim=size) for size, by in behind.items()]
    found = smallest_within(best)
    assert found.verdict is not None
    assert found.smallest.config.latent_dim == 10
    assert [one.config.latent_dim for one in found.undecided] == [5]  # the interval holds 1
