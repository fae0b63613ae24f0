"""Before and now: both maps on one plane where their axes are the same, and curves that say where they began."""

import base64

import numpy as np

from tests.helpers.images import blobs
from vae.ui.frame.before_now import Course, State, message, places

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(20, 5)).astype(np.float32)
ROWS = [
    {"elapsed": 0.0, "progress": 0.0, "beta": 1.0, "reconstruction": 130.0, "kl": 7.0},
    {"elapsed": 5.0, "progress": 0.5, "beta": 8.0, "reconstruction": 150.0, "kl": 4.0},
]
SHARE = {"realistic": 0.5, "realistic_low": 0.43, "realistic_high": 0.57}


def state(codes: np.ndarray) -> State:
    return State("model", "caption", codes, np.zeros((8, 1, 8, 8), np.uint8))


def test_codes_that_moved_along_a_shared_axis_move_on_the_map_by_as_much() -> None:
    moved = CODES + np.ones(5, np.float32)
    first, second = places(CODES, moved, same_axes=True)
    apart = second - first
    np.testing.assert_allclose(apart, np.broadcast_to(apart[0], apart.shape), atol=1e-5)
    # On axes of its own, a map that only moved is centred again.
    first, second = places(CODES, moved, same_axes=False)
    np.testing.assert_allclose(second, first, atol=1e-4)


def test_codes_of_two_dimensions_are_shown_as_they_are() -> None:
    first, second = places(CODES[:, :2], CODES, same_axes=False)
    np.testing.assert_array_equal(first, CODES[:, :2])
    assert second.shape == (20, 2)


def test_the_message_has_both_maps_on_one_range_and_a_curve_for_everything_that_moved() -> None:
    course = Course([ROWS[0] | SHARE, ROWS[1]], from_start=True, seconds=10.0)
    sent = message(state(CODES), state(CODES + 1), course, blobs(), same_axes=True)
    assert sent["panels"][0]["range"] == sent["panels"][1]["range"]
    points = np.frombuffer(base64.b64decode(sent["panels"][0]["points"]), "<f4").reshape(-1, 2)
    assert len(points) == len(sent["labels"])
    told = {curve["title"]: curve["value"] for curve in sent["curves"]}
    assert told == {
        "Realistic, of 200 samples": "50%",
        "β": "1 → 8",
        "Reconstruction loss, nats": "130.0 → 150.0",
        "KL, nats": "7.0 → 4.0",
    }
    share = sent["curves"][0]
    assert share["series"][-1]["lows"] == [0.43]
    assert all(curve["seconds"] == 10 for curve in sent["curves"])


def test_an_ae_has_no_curve_of_beta_and_kl_and_a_reference_is_a_second_line() -> None:
    rows = [{"elapsed": 1.0, "progress": 0.1, "beta": 1.0, "reconstruction": 130.0, "kl": 0.0}] * 2
    sent = message(state(CODES), state(CODES), Course(rows, beside=rows), blobs(), same_axes=False)
    assert [curve["title"] for curve in sent["curves"]] == ["Reconstruction loss, nats"]
    assert [line["dashed"] for line in sent["curves"][0]["series"]] == [True, False]
