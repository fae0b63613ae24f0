"""The mark on a strip of images: it frames one of them, and its words stand above all images and within the strip."""

import numpy as np
import plotly.graph_objects as go
import pytest

from vae.figures.paths import Walk, strip
from vae.figures.tour import mark_on_strip

STEPS = 12
NAMES = ("zero", "one")


def path() -> go.Figure:
    images = np.zeros((STEPS + 1, 1, 8, 8), np.uint8)
    classes, probabilities = np.array([0] * 6 + [1] * 7), np.linspace(1, 0.5, STEPS + 1)
    return strip(Walk("AE", images, classes, probabilities), NAMES, "place on the path", ["A", "B"])


@pytest.mark.parametrize(("place", "anchor"), [(0, "left"), (6, "center"), (12, "right")])
def test_the_least_realistic_image_is_framed_and_named(place: int, anchor: str) -> None:
    figure = path()
    mark_on_strip(figure, place, STEPS)
    (frame,) = figure.layout.shapes
    framed = [image for image in figure.layout.images if frame.x0 < image.x < frame.x1]
    assert [round(image.x * STEPS) for image in framed] == [place]
    (said,) = [note for note in figure.layout.annotations if "least realistic" in note.text]
    assert said.xanchor == anchor
    assert said.y >= max(image.y + image.sizey for image in figure.layout.images)
    assert said.y < figure.layout.yaxis.range[1]


def test_the_band_says_whose_probability_its_height_is() -> None:
    assert path().layout.yaxis.title.text == "judge's<br>probability"
