"""The benchmark of multi-rate VAEs: what a gap is, and that it trains and measures what it says."""

from pathlib import Path

import pytest

from benchmarks.multi_rate import compare, gap_percent
from tests.helpers.images import blobs
from vae.storage.checkpoints import list_checkpoints


def test_a_gap_is_that_of_the_mean_objectives_of_all_seeds() -> None:
    theirs = {0.5: [(90.0, 20.0)], 8.0: [(100.0, 0.0), (300.0, 0.0)]}
    ours = {0.5: [(91.0, 20.0)], 8.0: [(110.0, 10.0), (170.0, 0.0)]}
    assert gap_percent(ours, theirs) == {"0.5": 1.0, "8": -10.0}


def test_it_compares_with_the_ladder_and_with_vaes_alone(folder: Path) -> None:
    found = compare(blobs((1, 28, 28)), 2, (0.05, 16.0), 1, {"steps": 3}, "one-by-one")
    names = [run.name for run in list_checkpoints()[0]]
    assert names == [
        *(f"alone-vae-2d-beta{beta:g}-seed0" for beta in (0.05, 16.0)),
        "every-multi-rate-vae-2d-seed0",
    ]
    for other in ("ladder", "alone"):
        assert list(found["gap_percent"][other]) == ["0.05", "16"]
        assert found["worst_gap_percent"][other] == max(found["gap_percent"][other].values())
    # Of three steps, every β has taught nearly nothing.
    assert found["gap_percent"]["alone"]["0.05"] == pytest.approx(0, abs=5)
    assert found["bytes"]["multi_rate"] == pytest.approx(2 * 515_908, rel=0.01)
    assert found["bytes"]["ladder"] > 8 * found["bytes"]["multi_rate"]
