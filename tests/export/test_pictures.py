"""Generated images: files that hold what the model decodes, and z from the prior or from a mixture of codes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.images import blobs
from tests.helpers.models import CLASSES, untrained
from vae.export.pictures import SHEET, drawn_latents, write_pictures
from vae.generate.draws import prior_latents
from vae.models.codes import decode_latents, encode_images


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 20, 28)])
def test_each_file_is_one_decoded_latent_and_the_sheet_has_all(shape: tuple[int, int, int], tmp_path: Path) -> None:
    _, model = untrained("vae", shape=shape)
    latents = drawn_latents(model, None, 23, 5)
    np.testing.assert_array_equal(latents, prior_latents(23, 3, 5))
    write_pictures(model, latents, tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [*(f"{number:06}.png" for number in range(1, 24)), SHEET]
    images = decode_latents(model, latents)
    for number in (1, 23):
        with Image.open(tmp_path / "out" / f"{number:06}.png") as file:
            pixels = np.asarray(file)
        expected = images[number - 1]
        np.testing.assert_array_equal(pixels, expected[0] if shape[0] == 1 else expected.transpose(1, 2, 0))
    with Image.open(tmp_path / "out" / SHEET) as sheet:
        assert sheet.size == (2 * (20 * (shape[2] + 1) - 1), 2 * (2 * (shape[1] + 1) - 1))


def test_a_mixture_follows_the_codes_where_the_prior_does_not() -> None:
    _, model = untrained("ae")
    dataset = blobs((1, 28, 28))
    codes = encode_images(model, dataset.train_images)
    fitted = drawn_latents(model, dataset, 2_000, 0)
    np.testing.assert_allclose(fitted.mean(0), codes.mean(0), atol=0.2 * codes.std())
    np.testing.assert_array_equal(fitted, drawn_latents(model, dataset, 2_000, 0))
    assert np.abs(drawn_latents(model, None, 2_000, 0).mean(0)).max() < 0.1


def test_a_classifier_vae_draws_its_classes_in_turn() -> None:
    _, model = untrained("classifier-vae")
    latents = drawn_latents(model, None, 7, 0)
    assert latents.shape == (7, 3 + CLASSES)
    assert latents[:, 3:].argmax(1).tolist() == [0, 1, 2, 0, 1, 2, 0]
