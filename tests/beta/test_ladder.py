"""Ladders: which runs make one, maps that share the prior's centre, and a verdict only where the intervals allow it."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae.beta.ladder import (
    CRITERIA,
    Criterion,
    aligned,
    best_by_latent_size,
    best_run,
    comparable,
    ladders,
    smallest_within,
)
from vae.folders import ROOT
from vae.storage.checkpoints import Checkpoint, load

FRECHET = Criterion("Fréchet", "samples", "frechet", "prior")
BOUND = Criterion("bound", "likelihood", "bound_50")


@pytest.fixture
def run(saved: Path) -> Checkpoint:
    """A real checkpoint, of which tests make variants."""
    return load("small")


def variant(run: Checkpoint, name: str, quality: dict[str, Any] | None = None, elbo: float = -100.0, **settings: Any):
    metrics = {"elbo": elbo} | ({"quality": quality} if quality else {})
    return replace(run, path=run.path.with_name(name), config=replace(run.config, **settings), metrics=metrics)


def interval(value: float, width: float, *, higher: bool) -> dict[str, Any]:
    return {"value": value, "low": value - width, "high": value + width, "higher_is_better": higher}


def test_runs_that_differ_in_beta_alone_make_a_ladder_by_rising_beta(run: Checkpoint) -> None:
    rungs = [variant(run, f"r{beta}", beta=beta) for beta in (4.0, 0.0, 1.0)]
    strangers = [
        variant(run, "wider", beta=8.0, hidden=(17,)),
        variant(run, "ae", model="ae", beta=2.0),
        replace(variant(run, "stopped", beta=16.0), finished=False),
        variant(run, "again", beta=4.0),
        replace(variant(run, "elsewhere", beta=0.5), data_fingerprint="e" * 64),
        variant(run, "other device", beta=2.0, device="cpu"),
    ]
    (ladder,) = ladders([*rungs, *strangers])
    assert ladder.betas == [0, 1, 2, 4]
    assert [rung.name for rung in ladder.rungs] == ["r0.0", "r1.0", "other device", "r4.0"]
    assert "4 β from 0 to 4" in ladder.label
    assert ladders(rungs[:2]) == []


def test_the_ladders_come_longest_first_then_smallest(run: Checkpoint) -> None:
    def several(size: int, betas: tuple[float, ...]) -> list[Checkpoint]:
        return [variant(run, f"{size}-{beta}", latent_dim=size, beta=beta) for beta in betas]

    found = ladders([*several(10, (0, 1, 2)), *several(5, (0, 1, 2)), *several(3, (0, 1, 2, 4))])
    assert [ladder.config.latent_dim for ladder in found] == [3, 5, 10]


def test_nats_compare_only_over_the_same_pixels_and_likelihood(run: Checkpoint) -> None:
    assert comparable(run, variant(run, "b", beta=3.0, latent_dim=7))
    for settings in ({"binarised": True}, {"likelihood": "gaussian"}):
        assert not comparable(run, variant(run, "b", **settings))
    gaussian = variant(run, "g", likelihood="gaussian", sigma=0.5)
    assert not comparable(gaussian, variant(run, "h", likelihood="gaussian", sigma=0.1))


def test_maps_are_turned_about_the_priors_mean_and_keep_their_distances() -> None:
    random = np.random.default_rng(0)
    first = random.normal(2, 1, (50, 2))
    quarter = np.array([[0, 1], [-1, 0]])
    mirrored = np.array([[1, 0], [0, -1]])
    found = aligned([first, first @ quarter, first @ mirrored @ quarter * 3])
    np.testing.assert_allclose(found[1], first, atol=1e-9)
    np.testing.assert_allclose(found[2], first * 3, atol=1e-9)


def test_a_winner_is_named_where_no_interval_reaches_it(run: Checkpoint) -> None:
    distances = {0.1: (50.0, 1.0), 1.0: (20.0, 1.0), 4.0: (23.0, 1.0)}
    runs = [
        variant(run, f"b{beta}", {"samples": {"prior": {"frechet": interval(*found, higher=False)}}}, beta=beta)
        for beta, found in distances.items()
    ]
    verdict = best_run(runs, FRECHET)
    assert verdict is not None
    assert (verdict.best.config.beta, verdict.decided, verdict.measured) == (1.0, True, 3)


def test_no_winner_is_named_where_intervals_overlap(run: Checkpoint) -> None:
    bounds = {0.5: (-101.0, 2.0), 1.0: (-100.0, 2.0), 2.0: (-110.0, 2.0)}
    runs = [
        variant(run, f"b{beta}", {"likelihood": {"bound_50": interval(*found, higher=True)}}, beta=beta)
        for beta, found in bounds.items()
    ]
    verdict = best_run(runs, BOUND)
    assert verdict is not None
    assert not verdict.decided
    assert verdict.best.config.beta == 1.0
    assert [rival.config.beta for rival in verdict.rivals] == [0.5]


def test_what_was_not_measured_or_is_no_measure_is_left_out(run: Checkpoint) -> None:
    measured = variant(run, "m", {"likelihood": {"bound_50": interval(-1, 1, higher=True)}})
    bare = variant(run, "bare")
    broken = [variant(run, "x", quality) for quality in ({"likelihood": 5}, {"likelihood": {"bound_50": {"value": 3}}})]
    assert [BOUND.of(one) is not None for one in (measured, bare, *broken)] == [True, False, False, False]
    assert best_run([measured, bare, *broken], BOUND) is None
    assert FRECHET.of(variant(run, "ae", {"samples": None})) is None


def test_the_smallest_latent_size_within_a_nat_of_the_best(run: Checkpoint) -> None:
    elbos = {(2, 1.0): -130.0, (10, 1.0): -95.6, (10, 4.0): -120.0, (20, 1.0): -94.9, (40, 1.0): -95.0}
    runs = [
        variant(run, f"{size}-{beta}", elbo=elbo, latent_dim=size, beta=beta) for (size, beta), elbo in elbos.items()
    ]
    best = best_by_latent_size(runs)
    assert [(one.config.latent_dim, one.config.beta) for one in best] == [(2, 1), (10, 1), (20, 1), (40, 1)]
    assert smallest_within(best).config.latent_dim == 10
    assert smallest_within(best, 0.5).config.latent_dim == 20


def test_the_ladders_that_ship_are_whole_measured_and_small(folder: Path) -> None:
    for path in (ROOT / "checkpoints").glob("ladder-*"):
        shutil.copytree(path, folder / path.name)
    found = ladders([load(path.name) for path in folder.iterdir()])
    betas = [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]
    assert [(one.config.latent_dim, one.betas) for one in found] == [(2, betas), (10, betas)]
    for ladder in found:
        rates = [rung.metric("test_kl") or 0 for rung in ladder.rungs]
        assert rates == sorted(rates, reverse=True)
        for rung in ladder.rungs:
            assert all(criterion.of(rung) is not None for criterion in CRITERIA), rung.name
            assert (rung.path / "model.safetensors").stat().st_size < 1.3e6
        elbo = [rung.metric("elbo") or -999 for rung in ladder.rungs]
        assert ladder.betas[int(np.argmax(elbo))] in (0.5, 1, 2)
    whole = sum(path.stat().st_size for path in (ROOT / "checkpoints").rglob("*") if path.is_file())
    assert whole < 64e6
