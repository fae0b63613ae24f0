"""Arithmetic on codes: A − A + C is C, known differences carry over, and what lies far out is known to."""

import numpy as np
import pytest

from vae.generate.arithmetic import combine, combine_pixels, nearest_code, own_nearest

RANDOM = np.random.default_rng(0)
CODES = RANDOM.normal(size=(60, 5)).astype(np.float32)


@pytest.mark.parametrize("strength", [0.0, 1.0, 7.0])
def test_a_minus_a_plus_c_is_exactly_c(strength: float) -> None:
    found = combine(CODES, range(20), range(20), 33, np.array([strength]))
    np.testing.assert_array_equal(found, CODES[[33]])


def test_c_moves_by_the_difference_of_the_means_times_the_strength() -> None:
    codes = CODES.copy()
    codes[:10] = codes[10:20] + np.arange(5)
    moved = combine(codes, range(10), range(10, 20), 40, np.array([0.0, 0.5, -2.0]))
    np.testing.assert_allclose(moved - codes[40], np.outer([0, 0.5, -2], np.arange(5)), atol=1e-5)
    several = combine(codes, range(10), range(10, 20), [40, 41, 42], np.array([0.5]))
    np.testing.assert_allclose(several - codes[40:43], np.tile(0.5 * np.arange(5), (3, 1)), atol=1e-5)
    with pytest.raises(ValueError, match="at least one image"):
        combine(codes, [], range(3), 0, np.ones(1))


def test_pixels_are_summed_likewise_and_cut_off_at_black_and_white() -> None:
    images = np.zeros((4, 1, 2, 2), np.uint8)
    images[0, 0, 0] = 200
    images[1, 0, :, 0] = 100
    images[2, 0] = 90
    first, second, original, result = combine_pixels(images, [0], [1], 2, 1.0)
    np.testing.assert_array_equal(first, images[0])
    np.testing.assert_array_equal(second, images[1])
    np.testing.assert_array_equal(original, images[2])
    np.testing.assert_array_equal(result[0], [[190, 255], [0, 90]])


def test_distances_to_codes_leave_out_the_code_itself() -> None:
    distances = np.linalg.norm(CODES[:, None] - CODES[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    np.testing.assert_allclose(own_nearest(CODES), distances.min(1), rtol=1e-5)
    assert nearest_code(CODES[7], CODES, 7) == pytest.approx(distances[7].min(), rel=1e-5)
    assert nearest_code(CODES[7], CODES, 8) == 0
    assert nearest_code(CODES[7] + 100, CODES, 7) > 100
