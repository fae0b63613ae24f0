"""The range of stored values: usual ones as they are, others by percentiles that are said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.helpers.fuzzing import fuzzed
from vae.data.preparation.values import find_range, measure_values, scaled
from vae.data.readers.collection import UnreadableImageError

RANDOM = np.random.default_rng(0)
NOISE = RANDOM.random((40, 40))


def of(*images: np.ndarray) -> tuple[float, float, str]:
    return find_range([measure_values(image) for image in images])


@pytest.mark.parametrize(
    ("image", "low", "high"),
    [
        ((NOISE * 255).astype(np.uint8), 0, 255),
        ((NOISE * 200).astype(np.int64), 0, 255),
        (NOISE * 255, 0, 255),
        (NOISE > 0.5, 0, 1),
        ((NOISE > 0.5).astype(np.uint8), 0, 1),
        (NOISE.astype(np.float32), 0, 1),
        (NOISE.astype(np.float16), 0, 1),
        (NOISE * 2 - 1, -1, 1),
        (NOISE * 1.02 - 0.02, 0, 1),  # as a resized image is
        (np.zeros((8, 8), np.uint8), 0, 255),
    ],
)
def test_usual_ranges_are_taken_as_they_are(image: np.ndarray, low: float, high: float) -> None:
    assert of(image)[:2] == (low, high)


def test_bytes_need_no_words() -> None:
    assert of((NOISE * 255).astype(np.uint8))[2] == ""


def test_digits_of_0_to_16_are_white_at_16() -> None:
    low, high, sentence = of((NOISE * 16).round())
    assert (low, high) == (0, 16)
    assert sentence == "Values reach 16: scaled so that 0 becomes black and 16 white."


@pytest.mark.parametrize(("dtype", "most"), [(np.uint16, 4_095), (np.int16, 4_095), (np.uint16, 65_535)])
def test_a_hot_pixel_does_not_turn_the_rest_black(dtype: np.typing.DTypeLike, most: int) -> None:
    image = (100 + NOISE * 900).astype(dtype)
    image[3, 3] = most
    low, high, sentence = of(image)
    assert 95 < low < 110
    assert 980 < high < 1_010
    assert sentence.startswith(f"Values reach {most:,}: scaled so that 10")
    assert scaled(image, low, high).mean() == pytest.approx(127, abs=8)


def test_signed_values_are_scaled_from_their_percentiles() -> None:
    low, high, sentence = of((NOISE * 2_000 - 1_000).astype(np.int16))
    assert -1_000 <= low < -980 < 980 < high <= 1_000
    assert "−99" in sentence or "−1,000" in sentence


def test_values_that_are_nearly_all_the_same_reach_from_least_to_most() -> None:
    image = np.zeros((100, 100))
    image[0, 0] = 5000
    assert of(image)[:2] == (0, 5000)
    same = np.full((8, 8), 700.0)
    assert not scaled(same, *of(same)[:2]).any()


def test_alpha_does_not_count() -> None:
    image = np.concatenate([NOISE[..., None]] * 3 + [np.full((40, 40, 1), 255.0)], -1)
    assert of(image)[:2] == (0, 1)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.array([[1, np.nan], [np.inf, 2]]), "x has 2 values that are NaN or infinite; replace them"),
        (np.zeros((4, 4), complex), "x has values of type complex128; save them as real numbers"),
        (np.array([[None, 1]]), "x has values of type object"),
        (np.array([["a"]]), "x has values of type <U1"),
        (np.zeros((4, 4, 5)), "x is 4 × 4 × 5; an image is height × width"),
        (np.zeros(7), "x is 7; an image is"),
        (np.zeros((0, 4)), "x holds no pixels"),
    ],
)
def test_what_is_no_image_is_refused_in_a_sentence_with_its_name(image: np.ndarray, words: str) -> None:
    with pytest.raises(UnreadableImageError) as caught:
        measure_values(image, "x")
    assert str(caught.value).startswith(words)


SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6)
DTYPES = arrays.boolean_dtypes() | arrays.scalar_dtypes()


@pytest.mark.fuzz
@fuzzed(few=60, many=2_000)
@given(images=st.lists(arrays.arrays(DTYPES, SHAPES), min_size=1, max_size=3))
def test_any_values_have_a_range_or_are_refused(images: list[np.ndarray]) -> None:
    try:
        measured = [measure_values(image) for image in images]
    except UnreadableImageError as error:
        assert str(error)[-1] == "."
        return
    low, high, _ = find_range(measured)
    assert np.isfinite([low, high]).all()
    assert low < high
    for image in images:
        assert scaled(image, low, high).dtype == np.uint8
