"""Colours of codes: categories in order, scales that one odd number does not stretch, and how dense a map is."""

import numpy as np
import pytest

from vae.explore.colouring import OTHERS, UNKNOWN, categories, density, scale


def test_categories_are_in_natural_order_and_empty_texts_are_unknown() -> None:
    found = categories(np.array(["10", "2", "b", "", "A", "2"]))
    assert found.names == ("2", "10", "A", "b", UNKNOWN)
    assert found.labels.tolist() == [1, 0, 3, 4, 2, 0]


def test_the_rarest_of_many_categories_are_one() -> None:
    texts = np.array([f"shop {number}" for number in range(40) for _ in range(40 - number)])
    found = categories(texts)
    assert len(found.names) == 30
    assert found.names[-1] == OTHERS
    assert {texts[row] for row in np.flatnonzero(found.labels == 29)} == {f"shop {n}" for n in range(29, 40)}


def test_both_models_have_one_scale_which_one_odd_number_does_not_stretch() -> None:
    one, other = np.linspace(0, 1, 500), np.linspace(0, 2, 500)
    other[7], one[3] = 1e9, np.nan
    found = scale(one, other)
    assert (found.low, found.high) == pytest.approx((0, 2), abs=0.05)
    assert scale(None, np.full(10, 3.0)).low == 2.5
    assert (scale(None, None).low, scale(np.full(5, np.nan)).high) == (0.0, 1.0)


def test_a_map_is_denser_in_a_cluster_than_far_from_it() -> None:
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(0, 0.1, (500, 2)), random.uniform(-10, 10, (100, 2))])
    found = density(points)
    assert np.median(found[:500]) > np.median(found[500:]) + 1.5
    assert np.isfinite(density(np.zeros((30, 2)))).all()
    assert len(density(np.eye(2))) == 2
