"""Ladders: which runs make one, and maps that share the prior's centre."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.runs import variant
from vae.beta.best import CRITERIA
from vae.beta.ladder import aligned, comparable, ladders, telling
from vae.folders import ROOT
from vae.storage.checkpoints import Checkpoint, load


@pytest.fixture
def run(saved: Path) -> Checkpoint:
    """A real checkpoint, of which tests make variants."""
    return load("small")


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
    assert telling(found).config.latent_dim == 5
    assert telling(found[:1]).config.latent_dim == 3


def test_runs_that_differ_in_beta_and_seed_alone_make_one_ladder(run: Checkpoint) -> None:
    betas = {0: (0.0, 1.0, 2.0), 1: (0.0, 1.0, 2.0, 4.0), 2: (0.0, 1.0), 3: (0.0, 1.0, 2.0, 4.0)}
    runs = [variant(run, f"s{s}-{b}", beta=b, seed=s) for s, several in betas.items() for b in several]
    (ladder,) = ladders(runs)
    assert [runs[0].config.seed for runs in ladder.seeds] == [1, 3, 0]  # the longest first; two β make no ladder
    assert ladder.betas == [0, 1, 2, 4]
    assert len(ladder.runs) == 11
    assert "3 seeds" in ladder.label


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
