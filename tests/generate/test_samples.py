"""Samples: the most realistic first, one image without temperature, and the same again from their files."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from vae.data.dataset import Dataset
from vae.generate.draws import fit_density
from vae.generate.samples import Sample, judged, realistic, to_npz, to_png
from vae.measure.neighbours import nearest_images
from vae.models.judge import Judge, read
from vae.models.realism import Realism

RANDOM = np.random.default_rng(0)
LATENTS = RANDOM.normal(size=(40, 3)).astype(np.float32)


def test_they_are_sorted_by_realism_and_keep_their_latents(mnist: Dataset, realism: Realism) -> None:
    images = mnist.test_images[:40].numpy().copy()
    images[1::2] = RANDOM.integers(0, 256, images[1::2].shape)  # no digits
    found = judged(LATENTS, images, realism, {"model": "m", "seed": 3})
    scores = [sample.realism or 0.0 for sample in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 1 > scores[-1]
    assert isinstance(realism.network, Judge)
    classes, probabilities = read(realism.network, torch.from_numpy(images))
    passed = realism.realistic(torch.from_numpy(images))
    for sample in found:
        number = sample.settings["number"]
        np.testing.assert_array_equal(sample.latent, LATENTS[number])
        np.testing.assert_array_equal(sample.image, images[number])
        assert sample.read == classes[number]
        assert sample.probability == pytest.approx(probabilities[number], rel=1e-5)
        assert sample.realistic == passed[number]
    count, kinds = realistic(found)
    assert 14 <= count <= 20  # of 20 digits
    assert all(sample.settings["number"] % 2 == 0 for sample in found[:count])
    assert kinds == len({sample.read for sample in found[:count]})


def test_without_a_judge_they_stay_in_the_order_of_the_draw_and_nothing_is_read() -> None:
    images = RANDOM.integers(0, 256, (40, 1, 8, 8), dtype=np.uint8)
    found = judged(LATENTS, images, None, {})
    assert [sample.settings["number"] for sample in found] == list(range(40))
    assert {(sample.read, sample.probability, sample.realism) for sample in found} == {(None, None, None)}
    assert realistic(found) == (0, 0)


def test_an_npz_gives_back_what_was_kept_of_models_of_any_latent_size() -> None:
    image = RANDOM.integers(0, 256, (2, 3, 8, 8), dtype=np.uint8)
    samples = [
        Sample(np.array([1.5, -2], np.float32), image[0], {"model": "ae", "seed": 1}, 1, 0.75, realism=1.25),
        Sample(np.array([1, 2, 3], np.float32), image[1], {"model": "vae", "temperature": 0.5}),
    ]
    with np.load(io.BytesIO(to_npz(samples, ["cat", "dog"])), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["images"], image)
        np.testing.assert_array_equal(arrays["latents"], [[1.5, -2, np.nan], [1, 2, 3]])
        np.testing.assert_array_equal(arrays["classes"], [1, -1])
        np.testing.assert_array_equal(arrays["probabilities"], [0.75, np.nan])
        np.testing.assert_array_equal(arrays["realism"], [1.25, np.nan])
        assert [json.loads(str(text)) for text in arrays["settings"]] == [dict(s.settings) for s in samples]
        assert arrays["class_names"].tolist() == ["cat", "dog"]
    with pytest.raises(ValueError, match="no samples"):
        to_npz([], [])


def test_a_png_holds_every_sample_in_its_order() -> None:
    images = RANDOM.integers(0, 256, (5, 1, 8, 8), dtype=np.uint8)
    samples = [Sample(np.zeros(2, np.float32), image, {}) for image in images]
    picture = np.asarray(Image.open(io.BytesIO(to_png(samples, 3))))[::3, ::3]
    for number, image in enumerate(images):
        top, left = 9 * (number // 3), 9 * (number % 3)
        np.testing.assert_array_equal(picture[top : top + 8, left : left + 8], image[0])


def test_temperature_scales_a_fitted_gaussian_about_its_mean() -> None:
    codes = RANDOM.normal([5, -3], [1, 4], (2_000, 2)).astype(np.float32)
    density = fit_density(codes)
    cold, warm, hot = (density.draw(500, 1, temperature) for temperature in (0, 1, 2))
    np.testing.assert_allclose(cold, np.tile(codes.mean(0), (500, 1)), atol=1e-4)
    np.testing.assert_allclose(hot - cold, 2 * (warm - cold), atol=1e-4)
    np.testing.assert_array_equal(warm, density.draw(500, 1))


def test_the_nearest_image_is_the_nearest_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.measure.neighbours.TRAINING_ROWS", 300)
    noise = torch.Generator().manual_seed(0)
    training = torch.randint(0, 256, (1_000, 1, 8, 8), dtype=torch.uint8, generator=noise)
    others = torch.randint(0, 256, (40, 1, 8, 8), dtype=torch.uint8, generator=noise)
    apart = torch.cdist(others.flatten(1).double(), training.flatten(1).double())
    indices, distances = nearest_images(others, training)
    np.testing.assert_array_equal(indices, apart.argmin(1))
    np.testing.assert_allclose(distances, apart.min(1).values / 255, rtol=1e-5)
