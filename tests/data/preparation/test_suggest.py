"""Suggested settings: size, colour, proportions, ground and values, each with its reason."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.helpers.collections import collection
from vae.data.preparation.suggest import sample_rows, suggest
from vae.data.readers.collection import ReaderError, UnreadableImageError

RANDOM = np.random.default_rng(0)


def noise(*shape: int) -> np.ndarray:
    return RANDOM.integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("size", [(28, 28), (8, 8), (32, 24), (64, 64)])
def test_small_images_of_one_size_keep_it_without_a_word(size: tuple[int, int]) -> None:
    found, why = suggest(collection([noise(*size) for _ in range(5)]))
    assert (found.height, found.width) == size
    assert not found.colour
    assert why == ()


@pytest.mark.parametrize(
    ("sizes", "suggested"),
    [
        ([(300, 300)], (64, 64)),
        ([(480, 640)], (48, 64)),
        ([(96, 96)], (64, 64)),
        ([(30, 40), (33, 44), (27, 36)], (32, 40)),
        ([(40, 80), (80, 40), (60, 60)], (64, 64)),
        ([(5, 5)], (8, 8)),
        ([(4, 400)], (8, 64)),
    ],
)
def test_other_sizes_are_reduced_to_at_most_64_in_their_proportions(
    sizes: list[tuple[int, int]], suggested: tuple[int, int]
) -> None:
    found, why = suggest(collection([noise(*size) for size in sizes]))
    assert (found.height, found.width) == suggested
    assert any("8 to 128 are possible" in sentence for sentence in why)


def test_colour_is_for_images_that_have_some() -> None:
    grey = np.repeat(noise(28, 28, 1), 3, 2)
    assert not suggest(collection([grey] * 3))[0].colour
    coloured = grey.copy()
    coloured[5, 5, 0] ^= 128
    assert suggest(collection([grey, grey, coloured]))[0].colour


@pytest.mark.parametrize(
    ("make", "fit", "words"),
    [
        (lambda high, wide: noise(high, wide), "crop", "cut to their middle"),
        (lambda high, wide: np.pad(noise(high, wide), 3), "pad", "filled up"),
    ],
)
def test_photographs_are_cut_and_things_on_a_plain_ground_filled_up(
    make: Callable[[int, int], np.ndarray], fit: str, words: str
) -> None:
    found, why = suggest(collection([make(20, 40), make(40, 20), make(33, 30)]))
    assert found.fit == fit
    assert any(words in sentence for sentence in why)


@pytest.mark.parametrize(("ink", "ground"), [(20, "white"), (230, "black")])
def test_the_ground_stands_out_from_the_opaque_parts(ink: int, ground: str) -> None:
    image = np.full((28, 28, 4), (ink, ink, ink, 0), np.uint8)
    image[10:18, 10:18, 3] = 255
    found, why = suggest(collection([image] * 4))
    assert found.ground == ground
    assert any(f"filled with {ground}" in sentence for sentence in why)


def test_values_are_said_where_they_are_unusual() -> None:
    found, why = suggest(collection([noise(28, 28).astype(np.uint16) * 16 for _ in range(4)]))
    assert 0 <= found.low < 50
    assert 4_000 < found.high <= 4_080
    assert any(sentence.startswith("Values reach 4,080: scaled so that") for sentence in why)


def test_images_that_cannot_be_read_are_passed_over_unless_all_are() -> None:
    broken = UnreadableImageError("a.png is damaged; save it again.")
    assert suggest(collection([broken, noise(28, 28)]))[0].height == 28
    with pytest.raises(ReaderError, match=r"a\.png is damaged"):
        suggest(collection([broken, broken]))
    with pytest.raises(ReaderError, match="There are no images"):
        suggest(collection([]))
    with pytest.raises(ReaderError, match="image 0 has values of type complex128"):
        suggest(collection([np.zeros((4, 4), complex)]))


def test_sampled_rows_ascend_and_reach_both_ends() -> None:
    assert sample_rows(3, 10) == [0, 1, 2]
    rows = sample_rows(1_000_000, 100)
    assert (rows[0], rows[-1], len(rows)) == (0, 999_999, 100)
    assert rows == sorted(rows)


def test_images_of_very_different_scales_are_warned_of_wherever_they_are() -> None:
    images = [noise(8, 8)] * 3_000
    assert suggest(collection(images))[1] == ()
    images[2_001:2_003] = [RANDOM.random((8, 8)), RANDOM.random((8, 8))]
    split = np.zeros(3_000, np.uint8)
    split[2_001:2_003] = 2
    why = suggest(collection(images, split=split))[1]
    assert any("of type float64 reach" in each and "nearly black" in each for each in why)
    deep = [noise(8, 8), noise(8, 8).astype(np.uint16) * 257]
    assert any("and those of type uint16 6" in each for each in suggest(collection(deep))[1])
