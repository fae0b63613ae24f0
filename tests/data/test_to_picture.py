"""Pictures out: tiles and GIFs."""

import io

import numpy as np
import pytest
from PIL import Image

from vae.data.to_picture import tile, to_gif


def test_tile_puts_images_row_by_row() -> None:
    images = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1).repeat(2, axis=2).repeat(2, axis=3) * 10
    picture = tile(images, columns=3, scale=1, gap=0)
    np.testing.assert_array_equal(picture[::2, ::2], [[0, 10, 20], [30, 40, 50]])
    coloured = tile(images.repeat(3, axis=1), columns=4, scale=2, gap=1)
    assert coloured.shape == ((3 * 2 - 1) * 2, (3 * 4 - 1) * 2, 3)


def test_a_gif_gives_back_every_frame_there_and_back() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (5, 8, 16), dtype=np.uint8)
    film = Image.open(io.BytesIO(to_gif(list(frames), milliseconds=50, scale=2)))
    seen = []
    for number in range(film.n_frames):  # type: ignore[attr-defined]
        film.seek(number)
        assert film.info["duration"] == 50
        seen.append(np.asarray(film.convert("L"))[::2, ::2])
    np.testing.assert_array_equal(seen, frames[[0, 1, 2, 3, 4, 3, 2, 1]])
    assert film.info["loop"] == 0
    colours = Image.open(io.BytesIO(to_gif([np.zeros((8, 8, 3), np.uint8), np.full((8, 8, 3), 200, np.uint8)])))
    assert colours.size == (48, 48)
    with pytest.raises(ValueError, match="no frames"):
        to_gif([])
