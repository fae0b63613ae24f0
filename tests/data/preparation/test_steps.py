"""Stored images on their way to a model's image: every step, and what the last one gives."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.helpers.fuzzing import fuzzed
from vae.data.preparation.settings import FITS, GROUNDS, Preparation, PreparationError
from vae.data.preparation.steps import prepare, steps
from vae.data.readers.collection import UnreadableImageError

PLAIN = Preparation(8, 8)


def test_grey_bytes_of_the_models_size_stay_as_they_are() -> None:
    image = np.random.default_rng(0).integers(0, 256, (8, 8), np.uint8)
    assert np.array_equal(prepare(image, PLAIN), image[None])
    assert np.array_equal(prepare(image, replace(PLAIN, invert=True)), 255 - image[None])
    assert np.array_equal(prepare(image, replace(PLAIN, colour=True)), np.stack([image] * 3))
    assert np.array_equal(prepare(image[..., None], PLAIN), image[None])


@pytest.mark.parametrize(("ground", "shown"), [("black", 0), ("white", 255), ("corner", 200)])
@pytest.mark.parametrize(("dtype", "whole"), [(np.uint8, 255), (np.uint16, 65_535), (np.float32, 1)])
def test_transparent_parts_get_the_ground(ground: str, shown: int, dtype: np.typing.DTypeLike, whole: int) -> None:
    image = np.zeros((8, 8, 4), dtype)
    image[:4] = (*[200 / 255 if whole == 1 else round(200 / 255 * whole)] * 3, whole)
    found = prepare(image, replace(PLAIN, ground=ground, high=float(whole)))
    assert (found[0, :4] == 200).all()
    assert np.abs(found[0, 4:].astype(int) - shown).max() <= 1


def test_half_transparent_parts_are_mixed() -> None:
    image = np.full((8, 8, 4), (100, 100, 100, 128), np.uint8)
    image[0, 0, 3] = 255
    assert prepare(image, replace(PLAIN, ground="white"))[0, 4, 4] == pytest.approx(177, abs=1)


def test_colours_become_grey_by_their_brightness() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    image[..., 1] = 255
    assert (prepare(image, PLAIN) == 150).all()  # 0.587 of 255
    assert prepare(image, replace(PLAIN, colour=True))[:, 0, 0].tolist() == [0, 255, 0]


def test_padding_keeps_proportions_and_takes_the_colour_of_the_corners() -> None:
    image = np.full((16, 32), 90, np.uint8)
    image[4:12, 8:24] = 250
    found = prepare(image, replace(PLAIN, fit="pad"))[0]
    assert (found[[0, 1, -2, -1]] == 90).all()
    assert found[3:5, 3:5].min() > 200


def test_cropping_keeps_the_middle() -> None:
    image = np.repeat([[10] * 8 + [200] * 16 + [10] * 8], 16, 0).astype(np.uint8)
    assert (prepare(image, replace(PLAIN, fit="crop")) == 200).all()
    assert prepare(image, replace(PLAIN, fit="stretch"))[0, 0, 0] < 30


def test_reducing_takes_the_mean_of_what_it_leaves_out() -> None:
    checks = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    assert np.abs(prepare(checks, PLAIN).astype(int) - 127).max() <= 2


def test_a_line_of_pixels_is_no_reason_to_make_a_huge_image() -> None:
    for fit in FITS:
        assert prepare(np.full((1, 60_000), 7, np.uint8), replace(PLAIN, fit=fit)).shape == (1, 8, 8)


def test_steps_have_titles_that_depend_on_the_preparation_alone_and_end_at_the_prepared_image() -> None:
    preparation = Preparation(8, 12, colour=True, fit="crop", ground="corner", invert=True, low=0, high=1)
    random = np.random.default_rng(0)
    told = [steps(random.random(shape), preparation) for shape in ((20, 20, 4), (5, 9), (8, 12, 3))]
    titles = [title for title, _ in told[0]]
    assert all([title for title, _ in each] == titles for each in told)
    assert titles == [
        "Decoded",
        "Transparent parts on the corner's colour",
        "Values scaled",
        "In colour",
        "Cropped to the middle",
        "Resized",
        "Inverted",
    ]
    assert all(image.dtype == np.uint8 for each in told for _, image in each)
    image = random.random((20, 20, 4))
    assert np.array_equal(steps(image, preparation)[-1][1].transpose(2, 0, 1), prepare(image, preparation))


def test_settings_by_which_nothing_can_be_prepared_are_named() -> None:
    with pytest.raises(PreparationError) as caught:
        Preparation(7, 129, fit="bend", ground="red", low=3, high=3)
    for word in ("height", "width", "fit", "ground", "low must be"):
        assert word in str(caught.value)
    for low, high in ((0, float("inf")), (float("nan"), 1)):
        with pytest.raises(PreparationError):
            Preparation(low=low, high=high)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def preparations(draw: st.DrawFn) -> Preparation:
    low, high = sorted((draw(FLOATS), draw(FLOATS)))
    return Preparation(
        draw(st.integers(8, 20)),
        draw(st.integers(8, 20)),
        draw(st.booleans()),
        draw(st.sampled_from(FITS)),
        draw(st.sampled_from(GROUNDS)),
        draw(st.booleans()),
        *((low, high) if low < high else (0.0, 255.0)),
    )


SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=9) | st.tuples(
    st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 4])
)


@pytest.mark.fuzz
@fuzzed(few=60, many=2_000)
@given(image=arrays.arrays(arrays.scalar_dtypes(), SHAPES), preparation=preparations())
def test_any_array_becomes_an_image_or_is_refused(image: np.ndarray, preparation: Preparation) -> None:
    try:
        found = prepare(image, preparation, "x")
    except UnreadableImageError as error:
        assert str(error).startswith("x ")
        return
    assert found.dtype == np.uint8
    assert found.shape == preparation.image_shape
    for _, shown in steps(image, preparation):
        assert shown.dtype == np.uint8
