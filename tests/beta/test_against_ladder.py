"""A curve beside a ladder's runs: rate, distortion and objective apart, and seeds with their spread."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from vae.beta.against_ladder import gaps, ladder_beside
from vae.beta.curve import BETAS, Curve
from vae.beta.ladder import Ladder
from vae.storage.checkpoints import Checkpoint
from vae.training.config import TrainConfig

CURVE = Curve(BETAS, np.full(61, 90.0), np.full((61, 2), 5.0))


def run(beta: float, rate: float | None, distortion: float | None, **settings: object) -> Checkpoint:
    metrics = {"test_kl": rate, "test_reconstruction": distortion}
    config = TrainConfig(beta=beta, epochs=1, **settings)  # type: ignore[arg-type]
    return cast(Checkpoint, SimpleNamespace(config=config, metric=metrics.get, data_fingerprint="mnist"))


def test_the_gap_is_of_the_objective_at_the_runs_own_beta() -> None:
    ladder = Ladder(tuple(run(beta, 8.0, 92.0) for beta in (0.0, 0.5, 4.0, 40.0)))
    found = gaps(CURVE, ladder)
    assert [gap.beta for gap in found] == [0.5, 4]  # the others are beyond the slider
    gap = found[1]
    assert (gap.rate, gap.reconstruction) == pytest.approx((2, -2))
    assert gap.objective_percent == pytest.approx(100 * (130 / 124 - 1))
    assert gap.spread_percent == 0


def test_of_several_seeds_the_mean_counts_and_the_spread_is_said() -> None:
    seeds = [tuple(run(beta, rate, 92.0, seed=seed) for beta in (0.5, 1.0, 4.0)) for seed, rate in enumerate((7, 8, 9))]
    gap = gaps(CURVE, Ladder(seeds[0], tuple(seeds[1:])))[1]
    assert gap.runs == ((7, 92), (8, 92), (9, 92))
    assert gap.objective_percent == pytest.approx(0)
    assert gap.spread_percent == pytest.approx(2)


def test_a_run_that_was_never_measured_has_no_gap() -> None:
    assert gaps(CURVE, Ladder((run(0.5, None, None), run(1, 8, None), run(2, 8.0, 90.0))))[0].beta == 2


def test_the_ladder_beside_a_model_has_its_latent_size_and_its_layers_if_any_has() -> None:
    def ladder(**settings: object) -> Ladder:
        return Ladder(tuple(run(beta, 1, 1, **settings) for beta in (0.5, 1.0, 2.0)))

    one = run(1, 1, 1, model="multi-rate-vae", latent_dim=10, hidden=(256, 256))
    small, same, other = (
        ladder(latent_dim=10, hidden=(64,)),
        ladder(latent_dim=10, hidden=(256, 256)),
        ladder(latent_dim=2, hidden=(256, 256)),
    )
    assert ladder_beside(one, [other, small, same]) is same
    assert ladder_beside(one, [other, small]) is small
    assert ladder_beside(one, [other]) is None
    gaussian = ladder(latent_dim=10, hidden=(256, 256), likelihood="gaussian")
    assert ladder_beside(one, [gaussian]) is None
