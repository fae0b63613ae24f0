"""Figures that show images."""

import base64
import io

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from vae.figures.images import film, image_rows


def test_a_film_has_a_frame_an_epoch_and_ends_on_the_last() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (4, 8, 16 * 8), dtype=np.uint8)
    figure = film(frames, 8, [1, 2, 3, 3.5], "run")
    assert len(figure.frames) == 4
    assert [step.label for step in figure.layout.sliders[0].steps] == ["1", "2", "3", "3.5"]
    content = base64.b64decode(figure.layout.images[0].source.split(",")[1])
    shown = np.asarray(Image.open(io.BytesIO(content)))[::3, ::3]
    np.testing.assert_array_equal(shown, np.concatenate([frames[3][:, :64], frames[3][:, 64:]]))


def test_a_film_keeps_images_whole_that_are_wider_than_high() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 8, 16 * 12), dtype=np.uint8)
    content = base64.b64decode(film(frames, 12, [1, 2], "run").layout.images[0].source.split(",")[1])
    shown = np.asarray(Image.open(io.BytesIO(content)))[::3, ::3]
    np.testing.assert_array_equal(shown, np.concatenate([frames[1][:, :96], frames[1][:, 96:]]))


def test_a_line_that_is_wider_than_its_image_is_parted() -> None:
    images = np.zeros((2, 1, 8, 8), np.uint8)
    figure = image_rows({"AE": images}, {"AE": ["ankle boot · 434", "bag · 1"]})
    assert [a.text for a in figure.layout.annotations][1:] == ["ankle boot<br>434", "bag<br>1"]


def test_lines_under_many_images_are_parted_for_a_phone_where_their_images_shrink() -> None:
    images = np.zeros((6, 1, 8, 8), np.uint8)
    wide = image_rows({"": images[:2]}, {"": ["3 · 1331", "3 · 779"]}, side=62)
    assert [a.text for a in wide.layout.annotations][1:] == ["3 · 1331", "3 · 779"]
    narrow = image_rows({"rank 7–12": images}, {"rank 7–12": ["3 · 13312", *["3 · 779"] * 5]}, side=62)
    assert [a.text for a in narrow.layout.annotations][1:3] == ["3<br>13312", "3<br>779"]
    # A class's name that is too long by itself is parted at its words, and its row is higher.
    names = image_rows({"rank 7–12": images}, {"rank 7–12": ["Ankle boot", "T-shirt/top", *["Bag"] * 4]}, side=62)
    assert [a.text for a in names.layout.annotations][1:4] == ["Ankle<br>boot", "T-shirt/<br>top", "Bag"]
    plain = image_rows({"rank 7–12": images}, {"rank 7–12": ["Bag"] * 6}, side=62)
    assert names.layout.height > plain.layout.height


def test_image_rows_places_every_image_and_its_text() -> None:
    images = np.zeros((3, 1, 8, 8), np.uint8)
    figure = image_rows({"Original": images, "AE": images}, {"AE": ["0.1", "0.2", "0.3"]})
    assert isinstance(figure, go.Figure)
    assert len(figure.layout.images) == 6
    assert [a.text for a in figure.layout.annotations] == ["Original", "AE", "0.1", "0.2", "0.3"]
