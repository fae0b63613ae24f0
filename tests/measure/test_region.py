"""Where codes are: known by construction, in a plane and in twenty dimensions."""

import numpy as np
import pytest

from vae.measure.region import code_region, prior_radius, share_in_prior


def normal(count: int, size: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)


@pytest.mark.parametrize("size", [1, 2, 20])
def test_95_percent_of_draws_land_where_the_codes_are_that_follow_the_prior(size: int) -> None:
    region = code_region(normal(4_000, size, 0))
    assert region is not None
    assert region.holds(normal(2_000, size, 1)).mean() == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("size", [2, 20])
def test_the_share_does_not_depend_on_the_unit_of_the_codes(size: int) -> None:
    codes, draws = normal(2_000, size, 0), 0.5 * normal(500, size, 1)
    one, other = code_region(codes), code_region(1_000 * codes)
    assert one is not None
    assert other is not None
    assert one.holds(draws).mean() == pytest.approx(other.holds(1_000 * draws).mean(), abs=0.01)


def test_a_draw_between_two_clusters_lands_nowhere_however_far_out_other_codes_lie() -> None:
    codes = 0.1 * normal(2_000, 2, 0) + np.array([3, 0], np.float32) * np.sign(normal(2_000, 1, 1))
    codes[::20] *= 50  # a sparse cloud around the clusters, as an autoencoder has
    region = code_region(codes)
    assert region is not None
    between, within = np.zeros((1, 2), np.float32), np.array([[3, 0], [-3, 0.05]], np.float32)
    assert not region.holds(between).any()
    assert region.holds(within).all()


def test_half_of_the_draws_land_on_codes_that_fill_half_of_the_prior() -> None:
    codes = normal(4_000, 2, 0)
    codes[:, 0] = np.abs(codes[:, 0])
    region = code_region(codes)
    assert region is not None
    assert region.holds(normal(2_000, 2, 1)).mean() == pytest.approx(0.5, abs=0.05)


def test_too_few_codes_have_no_region_and_equal_ones_hold_themselves_alone() -> None:
    assert code_region(normal(11, 2, 0)) is None
    region = code_region(np.ones((100, 2), np.float32))
    assert region is not None
    assert region.holds(np.array([[1, 1], [1.1, 1]], np.float32)).tolist() == [True, False]


@pytest.mark.parametrize("size", [1, 2, 5, 20])
def test_the_priors_ball_holds_99_percent_of_it(size: int) -> None:
    assert share_in_prior(normal(50_000, size, 0)) == pytest.approx(0.99, abs=0.003)
    assert share_in_prior(20 * normal(5_000, size, 0)) < 0.15


def test_the_priors_radius_in_the_plane_is_known_in_closed_form() -> None:
    assert prior_radius(2) == pytest.approx(np.sqrt(-2 * np.log(0.01)))
