"""Paths: equal angles and constant norm on a sphere, straight lines where there is no circle, exact ends, a film."""

import numpy as np
import pytest

from vae.generate.paths import chain, evenly, linear, pixel_lengths, read_indices, slerp

RANDOM = np.random.default_rng(0)


def angles(path: np.ndarray) -> np.ndarray:
    unit = path.astype(np.float64) / np.linalg.norm(path, axis=1, keepdims=True)
    return np.arccos((unit[1:] * unit[:-1]).sum(1).clip(-1, 1))


@pytest.mark.parametrize("dimensions", [2, 3, 20])
def test_slerp_keeps_the_norm_and_turns_by_equal_angles(dimensions: int) -> None:
    start, end = RANDOM.normal(size=(2, dimensions)).astype(np.float32)
    end *= np.linalg.norm(start) / np.linalg.norm(end)
    path = slerp(start, end, 12)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), np.linalg.norm(start), rtol=1e-5)
    whole = np.arccos(start @ end / np.linalg.norm(start) ** 2)
    np.testing.assert_allclose(angles(path), whole / 12, atol=1e-3)
    # It stays in the plane of both codes.
    assert np.linalg.matrix_rank(path, tol=1e-4) == 2
    # The straight way between them is through the inside.
    assert np.linalg.norm(linear(start, end, 12)[6]) < 0.99 * np.linalg.norm(start)


def test_slerp_changes_the_norm_evenly_between_unequal_codes() -> None:
    path = slerp(np.array([2, 0], np.float32), np.array([0, 6], np.float32), 4)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), [2, 3, 4, 5, 6], rtol=1e-6)


@pytest.mark.parametrize("factor", [1, 3, 1 + 1e-7])
def test_slerp_of_parallel_codes_is_the_straight_line(factor: float) -> None:
    start = RANDOM.normal(size=5).astype(np.float32)
    end = (start * factor).astype(np.float32)
    np.testing.assert_allclose(slerp(start, end, 7), linear(start, end, 7), rtol=1e-6)


@pytest.mark.parametrize("other", [[0, 0, 0], [1, 2, 3]])
def test_a_code_at_the_origin_has_no_direction_and_is_reached_straight(other: list[float]) -> None:
    origin, code = np.zeros(3, np.float32), np.array(other, np.float32)
    for start, end in ((origin, code), (code, origin)):
        np.testing.assert_array_equal(slerp(start, end, 4), linear(start, end, 4))


def test_opposite_codes_are_joined_by_a_half_circle_and_on_a_line_by_a_line() -> None:
    start = RANDOM.normal(size=6).astype(np.float32)
    path = slerp(start, -start, 8)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), np.linalg.norm(start), rtol=1e-5)
    np.testing.assert_allclose(angles(path), np.pi / 8, atol=1e-3)
    one = slerp(np.array([-2], np.float32), np.array([2], np.float32), 4)
    np.testing.assert_allclose(one[:, 0], [-2, -1, 0, 1, 2])
    assert np.isfinite(path).all()


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_a_chain_goes_through_every_stop_exactly(kind: str) -> None:
    stops = RANDOM.normal(size=(4, 20)).astype(np.float32)
    path = chain(stops, 7, kind)
    assert path.shape == (22, 20)
    assert path.dtype == np.float32
    np.testing.assert_array_equal(path[::7], stops)


def test_what_is_no_path_is_refused() -> None:
    for stops, steps, kind in ((np.zeros((1, 2)), 3, "linear"), (np.zeros((2, 2)), 0, "linear")):
        with pytest.raises(ValueError, match="two stops and one step"):
            chain(stops, steps, kind)
    with pytest.raises(ValueError, match="no path 'crooked'"):
        chain(np.zeros((2, 2)), 3, "crooked")


def test_lengths_are_distances_in_pixels_from_0_to_1_and_a_detour_is_longer() -> None:
    images = np.zeros((3, 1, 8, 8), np.uint8)
    images[1, 0, 0, :4] = 255
    np.testing.assert_allclose(pixel_lengths(images), [2, 2])
    assert pixel_lengths(images).sum() > pixel_lengths(images[::2]).sum() == 0


def test_numbers_of_images_are_read_or_refused_in_words() -> None:
    assert read_indices("3, 14;15 9", 100) == [3, 14, 15, 9]
    for text in ("3, 100", "3, -1", "3, x", "3, 1.5", "3, ²"):
        with pytest.raises(ValueError, match="whole numbers from 0 to 99"):
            read_indices(text, 100)
    for text in ("", "3", "1 2 3 4 5 6 7 8 9"):
        with pytest.raises(ValueError, match="2 to 8 numbers"):
            read_indices(text, 100)


def test_places_are_picked_evenly_with_both_ends() -> None:
    assert evenly(15, 8) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert evenly(3, 8) == [0, 1, 2]
    assert evenly(421, 97)[-1] == 420
    assert len(set(evenly(421, 97))) == 97
