"""Bootstrap intervals against what is known of the statistics they are of."""

import numpy as np
import pytest

from vae.measure.intervals import GROUPS, Scale, in_groups, measured, random_rows

SCALE = Scale("share", "of anything", True)


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(3, 2, 10_000)
    measure = measured(SCALE, np.mean, values, draws=1_000, good=4.0, bad=0.0)
    assert measure.value == pytest.approx(values.mean())
    assert measure.low == pytest.approx(values.mean() - 1.96 * 0.02, abs=0.004)
    assert measure.high == pytest.approx(values.mean() + 1.96 * 0.02, abs=0.004)
    assert (measure.images, measure.draws, measure.good, measure.bad) == (10_000, 1_000, 4.0, 0.0)
    assert (measure.unit, measure.meaning, measure.higher_is_better) == SCALE
    assert measured(SCALE, np.mean, values, draws=1_000, good=4.0, bad=0.0) == measure
    assert measured(SCALE, np.mean, values, seed=1).low != measure.low


def test_a_statistic_that_resampling_raises_lies_in_its_interval_all_the_same() -> None:
    random = np.random.default_rng(0)
    one, other = random.normal(0, 1, (200, 30)), random.normal(0, 1, (200, 30))
    measure = measured(SCALE, lambda a, b: float(np.square(a.mean(0) - b.mean(0)).sum()), one, other)
    assert measure.low is not None
    assert measure.high is not None
    assert measure.low < measure.value < measure.high


def test_groups_are_disjoint_and_equal() -> None:
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def distance(a: np.ndarray, b: np.ndarray) -> float:
        seen.append((a, b))
        return float(len(seen))

    found = in_groups(distance, np.arange(205)[:, None], np.arange(1_000, 1_100)[:, None])
    np.testing.assert_array_equal(found, np.arange(1, GROUPS + 1))
    ones, others = (np.concatenate([pair[i] for pair in seen]) for i in (0, 1))
    assert len(np.unique(ones)) == len(np.unique(others)) == 100
    assert {len(pair[0]) for pair in seen} == {len(pair[1]) for pair in seen} == {5}


def test_random_rows_are_few_and_each_once() -> None:
    rows = random_rows(1_000, 100)
    assert len(np.unique(rows)) == 100
    assert rows.max() > 900
    np.testing.assert_array_equal(random_rows(50, 100), np.arange(50))
