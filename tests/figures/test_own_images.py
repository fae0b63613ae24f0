"""Figures of pixel values and classes."""

import numpy as np

from vae.figures.own_images import MOST_CLASSES, classes, pixel_values


def test_every_pixel_value_has_its_bar_on_an_axis_that_shows_rare_ones_too() -> None:
    figure = pixel_values(np.arange(256))
    assert len(figure.data[0].x) == 256
    assert figure.layout.yaxis.type == "log"


def test_as_many_classes_are_shown_as_can_be_read_and_long_names_are_cut() -> None:
    figure = classes({f"class {'x' * 30} {number}": number for number in range(100)})
    assert len(figure.data[0].y) == MOST_CLASSES
    assert all(len(text) <= 20 for text in figure.layout.xaxis.ticktext)
    assert figure.data[0].customdata[3].endswith(" 3")
