"""Ladders in a list of runs: told by the names that sweeps give, so that no run of anybody's own is hidden."""

from pathlib import Path

import pytest

from tests.helpers.runs import variant
from vae.beta.folding import fold
from vae.jobs.plan import plan
from vae.storage.checkpoints import Checkpoint, load
from vae.storage.shipped import LADDERS


@pytest.fixture
def run(saved: Path) -> Checkpoint:
    return load("small")


def test_the_shipped_ladders_are_two_rows_by_rising_beta_with_the_run_of_optimal_sigma_last(run: Checkpoint) -> None:
    betas = {name: float(name.split("beta")[1].split("-")[0]) if "beta" in name else 1.0 for name in LADDERS}
    runs = [variant(run, name, beta=betas[name]) for name in reversed(LADDERS)]
    own = variant(run, "mine")
    single, ladders = fold([own, *runs])
    assert single == [own]
    assert sorted(ladder.name for ladder in ladders) == ["ladder-vae-10d", "ladder-vae-2d"]
    for ladder in ladders:
        assert [one.config.beta for one in ladder.runs] == [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 1]
        assert ladder.runs[-1].name.endswith("optimal-sigma")
        assert ladder.label == f"{ladder.name}: 11 runs of latent size 2, β from 0 to 16"


def test_a_sweep_is_folded_and_runs_of_one_beta_or_made_one_by_one_are_not(run: Checkpoint) -> None:
    def swept(name: str, betas: tuple[float, ...], seeds: int) -> list[Checkpoint]:
        members = plan(betas, (2,), seeds, name, steps=1)
        return [variant(run, m.name, beta=m.config.beta, seed=m.config.seed) for m in members]

    by_hand = [variant(run, f"vae-2d-beta{beta}", beta=beta) for beta in (1.0, 2.0, 4.0)]
    seeds = swept("seeds", (1.0,), 5)
    single, (ladder,) = fold([*by_hand, *swept("mine", (4.0, 0.5, 1e-05), 2), *seeds])
    assert single == [*by_hand, *seeds]
    assert ladder.name == "mine-vae-2d"
    assert [(one.config.beta, one.config.seed) for one in ladder.runs] == [
        *((1e-05, 0), (1e-05, 1), (0.5, 0), (0.5, 1), (4.0, 0), (4.0, 1))
    ]
