"""The small picture of a growing map: classes keep their colours and their places."""

import numpy as np

from vae.figures.map_picture import map_picture
from vae.figures.style import PALETTE


def test_dots_are_where_the_points_are_in_their_classes_colours() -> None:
    places = np.array([[-1.0, -1], [1, -1], [1, 1]])  # left below, right below, right above
    points = np.repeat(places, 40, axis=0)
    picture = map_picture(points.astype(np.float32), np.repeat([0, 1, 12], 40), 100)
    assert (picture.shape, picture.dtype) == ((100, 100, 3), np.uint8)
    colours = [[int(PALETTE[label][at : at + 2], 16) for at in (1, 3, 5)] for label in (0, 1, 2)]
    for (rows, columns), colour in zip(
        ((slice(50, 100), slice(0, 50)), (slice(50, 100), slice(50, 100)), (slice(0, 50), slice(50, 100))),
        colours,
        strict=True,
    ):
        assert {tuple(pixel) for pixel in picture[rows, columns].reshape(-1, 3)} == {(255, 255, 255), tuple(colour)}
    assert (picture[:50, :50] == 255).all()


def test_points_far_outside_and_points_all_alike_are_no_error() -> None:
    far = np.random.default_rng(0).normal(size=(1_000, 2)).astype(np.float32)
    far[0] = 1e9
    assert (map_picture(far, np.zeros(1_000, int), 60) < 255).any()
    alike = map_picture(np.ones((50, 2), np.float32), np.zeros(50, int), 60)
    assert (alike < 255).any(2).sum() == 4
