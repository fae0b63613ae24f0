"""The thing drawn is found under a shadow, in noise, beside specks and the edge of a scan; what is unsure is said."""

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from tests.helpers.fuzzing import fuzzed
from tests.helpers.photos import SIDE, page, rectangle
from vae.data.dataset import Dataset
from vae.data.ink import Box, find_ink
from vae.data.picture_file import PictureError

PLACE = Box(*(at / SIDE for at in (240, 200, 360, 400)))


def drawn(tone: float = 0.1, paper: float = 0.95) -> np.ndarray:
    """A ring, 120 × 200 pixels of a page of 600 × 600."""
    grey = np.full((SIDE, SIDE), paper, np.float32)
    grey[200:400, 240:360] = tone
    grey[230:370, 270:330] = paper
    return grey


ACROSS = np.linspace(1, 0, SIDE, dtype=np.float32)


NOISE = np.random.default_rng(0).normal(0, 1, (SIDE, SIDE)).astype(np.float32)


def specks(grey: np.ndarray, tone: float) -> np.ndarray:
    for row, column in ((20, 30), (550, 500), (120, 580), (300, 130)):
        grey[row : row + 5, column : column + 5] = tone
    return grey


def framed(grey: np.ndarray, tone: float, width: int) -> np.ndarray:
    grey[:width] = grey[:, :width] = tone
    return grey


def squared(grey: np.ndarray, tone: float) -> np.ndarray:
    lines = grey.copy()
    lines[::25] = lines[:, ::25] = grey[0, 0] + 0.35 * (tone - grey[0, 0])
    return np.where(np.abs(grey - tone) < 0.01, grey, lines)


def with_a_step(grey: np.ndarray) -> np.ndarray:
    return ndimage.gaussian_filter(grey * np.where(ACROSS > 0.55, 1, 0.6).astype(np.float32), 1)


SPOILT = {
    "nothing": lambda tone, paper: drawn(tone, paper),
    "a shadow": lambda tone, paper: drawn(tone, paper) * (0.5 + 0.5 * ACROSS),
    "a shadow with an edge": lambda tone, paper: with_a_step(drawn(tone, paper)),
    "noise": lambda tone, paper: drawn(tone, paper) + 0.08 * NOISE,
    "a scan's edge": lambda tone, paper: framed(drawn(tone, paper), 0, 12),
    "specks": lambda tone, paper: specks(drawn(tone, paper), tone),
    "little contrast beside a scan's edge": lambda tone, paper: framed(
        drawn(paper + 0.3 * (tone - paper), paper), 0, 12
    ),
    "a desk": lambda tone, paper: framed(drawn(tone, paper) * (0.7 + 0.3 * ACROSS), 0.25, 130),
    "squares": lambda tone, paper: squared(drawn(tone, paper), tone),
    "four at once": lambda tone, paper: (
        framed(specks(drawn(tone, paper), tone) * (0.6 + 0.4 * ACROSS), 0, 12) + 0.03 * NOISE
    ),
}


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("chalk", [False, True])
def test_the_ring_is_found_and_nothing_else(spoilt: str, chalk: bool) -> None:
    grey = SPOILT[spoilt](*((0.9, 0.15) if chalk else (0.1, 0.95))).clip(0, 1)
    found = find_ink(grey)
    assert found.inverted != chalk
    assert found.box == pytest.approx(PLACE, abs=0.012)
    ring = drawn() < 0.5
    assert found.strength[ndimage.binary_erosion(ring, iterations=4)].mean() > 0.8
    assert found.strength[~ndimage.binary_dilation(ring, iterations=8)].max() == 0


def test_what_is_solid_stays_solid() -> None:
    solid = rectangle((140, 100, 460, 500), SIDE)
    for grey in (solid * (0.6 + 0.4 * ACROSS), 0.9 - 0.8 * solid):
        found = find_ink(grey.astype(np.float32))
        assert found.strength[110:490, 150:450].min() > 0.55
        assert found.doubts == ()


def test_pieces_near_each_other_are_one_thing_and_those_far_away_are_not() -> None:
    grey = np.full((SIDE, SIDE), 0.9, np.float32)
    grey[200:400, 200:230] = grey[300:330, 260:340] = 0.1
    assert find_ink(grey).box == pytest.approx(Box(200 / SIDE, 200 / SIDE, 340 / SIDE, 400 / SIDE), abs=0.005)
    assert find_ink(grey).doubts == ()
    grey[200:400, 500:520] = 0.1
    far = find_ink(grey)
    assert far.box.right < 0.6
    assert "More is drawn outside of the box" in far.doubts[0]


def test_what_may_be_cut_off_faint_or_the_wrong_way_round_is_said() -> None:
    assert find_ink(drawn() + 0.03 * NOISE).doubts == ()
    assert "touches the edge" in " ".join(find_ink(drawn()[300:]).doubts)
    assert "times as strong as the picture's noise" in " ".join(find_ink(0.5 + drawn(0.1) / 6 + 0.15 * NOISE).doubts)
    both = np.full((SIDE, SIDE), 0.5, np.float32)
    both[200:400, 100:150], both[200:400, 400:460] = 0.1, 0.9
    assert "It may as well be dark on light" in " ".join(find_ink(both).doubts)
    swapped = find_ink(both, swapped=True)
    assert swapped.inverted
    assert swapped.box == pytest.approx(Box(100 / SIDE, 200 / SIDE, 150 / SIDE, 400 / SIDE), abs=0.005)


def test_it_is_said_if_what_is_found_depends_on_what_is_taken_for_the_ground() -> None:
    desk = np.full((900, 900), 0.3, np.float32)
    desk[: SIDE - 60, 900 - SIDE :] = drawn()[60:]
    found = find_ink(desk)
    ring = Box(0.6, 140 / 900, 660 / 900, 340 / 900)
    assert found.box == pytest.approx(ring, abs=0.012) or "look at the box" in " ".join(found.doubts)
    by_hand = find_ink(desk, box=Box(0.5, 0.1, 0.8, 0.45))
    assert by_hand.box == pytest.approx(ring, abs=0.012)


def test_a_box_by_hand_takes_all_ink_inside_and_no_other() -> None:
    grey = specks(drawn(), 0.1)
    grey[200:400, 450:480] = 0.1
    other = find_ink(grey, box=Box(0.7, 0.2, 0.9, 0.8))
    assert other.box == pytest.approx(Box(450 / SIDE, 200 / SIDE, 480 / SIDE, 400 / SIDE), abs=0.005)
    assert other.doubts == ()
    with_speck = find_ink(grey, box=Box(0.1, 0.2, 0.65, 0.8))
    assert with_speck.box.left == pytest.approx(130 / SIDE, abs=0.005)
    half = find_ink(grey, box=Box(0, 0, 0.5, 1))
    assert half.box.right == 0.5


def test_a_paper_on_a_larger_desk_is_read_once_the_box_is_set_by_hand(mnist: Dataset) -> None:
    grey = np.full((900, 900), 0.15, np.float32)
    grey[100 : 100 + SIDE, 200 : 200 + SIDE] = page(mnist.test_images[0, 0].numpy())
    found = find_ink(grey, box=Box(400 / 900, 280 / 900, 600 / 900, 520 / 900))
    assert found.inverted
    assert found.box.right - found.box.left < 0.25


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.2])
@pytest.mark.parametrize("box", [None, Box(0.2, 0.2, 0.2, 0.2), Box(0.9, 0, 1, 1)])
def test_a_picture_of_one_tone_is_refused(noise: float, box: Box | None) -> None:
    flat = 0.5 + noise * np.random.default_rng(0).normal(0, 1, (300, 200)).astype(np.float32)
    with pytest.raises(PictureError, match="of one tone"):
        find_ink(flat.clip(0, 1), box=box)


TONES = st.sampled_from([0.0, 0.02, 0.5, 0.9, 1.0]) | st.floats(0, 1, width=32)
SHARES = st.floats(0, 1)


@pytest.mark.fuzz
@fuzzed(few=150, many=1_500)
@given(
    arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 30)), elements=TONES, fill=TONES),
    st.none() | st.builds(Box, SHARES, SHARES, SHARES, SHARES),
    st.booleans(),
)
def test_in_any_picture_and_any_box_something_is_found_or_it_is_refused(
    grey: np.ndarray, box: Box | None, swapped: bool
) -> None:
    try:
        found = find_ink(grey, box=box, swapped=swapped)
    except PictureError:
        hypothesis.event("refused: of one tone")
    else:
        hypothesis.event("accepted")
        assert found.strength.shape == grey.shape
        assert 0.9 < found.strength.max() <= 1
        assert 0 <= found.box.left < found.box.right <= 1
        assert 0 <= found.box.top < found.box.bottom <= 1
