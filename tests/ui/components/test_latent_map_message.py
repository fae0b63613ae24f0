"""The map's data: all of it can be read back, and decodes to what the models decode."""

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load as load_arrays
from torch import Tensor, nn

from tests.helpers.browser_messages import unpack
from vae.data.dataset import Dataset
from vae.explore.colouring import Scale
from vae.explore.projection import Projection, ProjectionSettings, project
from vae.figures.style import PALETTE
from vae.models.autoencoders import VAE, Autoencoder
from vae.models.codes import encode_posteriors
from vae.ui.components.latent_map.message import PathOnMap, Space, images_part, message, plane, read_places


def space(model: Autoencoder, images: Tensor, word: str = "AE", **changes: Any) -> Space:
    codes, deviations = encode_posteriors(model, images)
    method = "direct" if model.latent_dim <= 2 else "pca"
    projection = project(codes, ProjectionSettings(method))
    origin, directions = plane(projection, model.latent_dim)
    made = Space(
        title=f"{word.lower()}-test, {method}",
        word=word,
        model=model,
        codes=codes,
        deviations=deviations,
        points=projection.points,
        origin=origin,
        directions=directions,
        linear=True,
        axes=("z1", "z2"),
        how="along two directions",
    )
    return replace(made, **changes)


def pack(spaces: list[Space], small: Dataset, **more: Any) -> bytes:
    count = len(spaces[0].points)
    images = images_part(small.test_images[:count])
    labels = small.test_labels[:count].numpy()
    return message(spaces, labels, small.class_names, PALETTE, images, small.image_shape, of="mnist/test", **more)


def test_the_message_holds_points_labels_images_and_deviations(small: Dataset) -> None:
    spaces = [
        space(Autoencoder(small.image_shape, 2, hidden=(16,)), small.test_images),
        space(VAE(small.image_shape, 5, hidden=(16,)), small.test_images, "VAE"),
    ]
    header, parts = unpack(pack(spaces, small))
    models = parts["models"]
    assert header["count"] == len(small.test_images)
    assert header["classes"] == list(small.class_names)
    assert [panel["word"] for panel in header["panels"]] == ["AE", "VAE"]
    np.testing.assert_array_equal(models["labels"], small.test_labels)
    for number, own in enumerate(spaces):
        np.testing.assert_array_equal(models[f"{number}.points"], own.points)
    assert "0.deviations" not in models
    assert "0.codes" not in models  # the points are the codes
    np.testing.assert_allclose(models["1.codes"], spaces[1].codes, rtol=1e-3, atol=1e-4)
    assert spaces[1].deviations is not None
    np.testing.assert_allclose(models["1.deviations"], spaces[1].deviations, rtol=1e-3)


def test_images_come_back_bit_for_bit(small: Dataset) -> None:
    images = small.test_images.clone()
    images[images < 20] = 0
    for given in (images, torch.zeros_like(images), torch.full_like(images, 7)):
        arrays = load_arrays(zlib.decompress(images_part(given)))
        lit = np.unpackbits(arrays["lit"])[: given.numel()].astype(bool)
        pixels = np.zeros(given.numel(), np.uint8)
        pixels[lit] = arrays["values"]
        np.testing.assert_array_equal(pixels.reshape(given.shape), given)


@pytest.mark.parametrize("latent_dim", [1, 2, 6])
def test_places_and_latents_agree_on_the_plane(latent_dim: int, small: Dataset) -> None:
    own = space(VAE(small.image_shape, latent_dim, hidden=(16,)), small.test_images)
    latents = own.origin + own.points @ own.directions
    if latent_dim <= 2:
        np.testing.assert_allclose(latents, own.codes, atol=1e-6)
    places = (latents - own.origin) @ own.directions.T
    np.testing.assert_allclose(places[:, 0], own.points[:, 0], atol=1e-4)
    # The plane of PCA is the nearest to the codes: what is left is orthogonal to it.
    np.testing.assert_allclose((own.codes - latents) @ own.directions.T, 0, atol=1e-3)


def test_a_t_sne_map_borrows_directions_of_the_codes_spread() -> None:
    random = np.random.default_rng(0)
    codes = random.normal(size=(50, 4)).astype(np.float32)
    pca = project(codes, ProjectionSettings("pca"))
    tsne = Projection(random.normal(0, 30, (50, 2)).astype(np.float32), 0.9)
    origin, directions = plane(tsne, 4, pca)
    # One standard deviation of the map goes one standard deviation along the codes.
    step = tsne.points.std() * np.linalg.norm(directions, axis=1)
    np.testing.assert_allclose(step, pca.points.std(), rtol=1e-4)
    np.testing.assert_allclose(origin, codes.mean(0), atol=1e-5)


def test_the_morph_undoes_a_turn_a_scale_and_a_shift(small: Dataset) -> None:
    own = space(VAE(small.image_shape, 2, hidden=(16,)), small.test_images)
    turn = np.array([[0.6, 0.8], [0.8, -0.6]], np.float32)  # a turn and a mirror
    other = replace(own, points=own.points @ turn * 7 + np.float32(3))
    header, _ = unpack(pack([own, other], small))
    rows = np.column_stack([other.points, np.ones(len(other.points))])
    np.testing.assert_allclose(rows @ np.array(header["morph"]), own.points, atol=1e-4)


def test_home_shows_all_but_the_outermost_points(small: Dataset) -> None:
    own = space(VAE(small.image_shape, 2, hidden=(16,)), small.test_images)
    points = np.random.default_rng(0).normal(size=(1_000, 2)).astype(np.float32)
    points[0] = (500, 500)
    x, y, half = replace(own, points=points).home
    assert half < 6
    assert (np.abs(points - (x, y)).max(1) < half).mean() > 0.97


class TopOrBottom(nn.Module):
    """A judge that reads 1 in bright images and 0 in dark ones."""

    def forward(self, images: Tensor) -> Tensor:
        bright = images.flatten(1).mean(1)
        return torch.stack([1 - bright, bright], 1) * 50


class Brightness(Autoencoder):
    """Decodes z2 to brightness."""

    def decode(self, latents: Tensor) -> Tensor:
        return torch.sigmoid(latents[:, 1])[:, None, None, None].expand(-1, *self.image_shape)


def test_a_judge_reads_the_grid_from_the_top_and_nothing_on_a_map_without_a_way_back(small: Dataset) -> None:
    random = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)
    own = space(Brightness(small.image_shape, 2, hidden=(16,)), small.test_images, points=random)
    reading = read_places(own, TopOrBottom(), side=20)
    assert reading is not None
    _, y, half = reading.range
    assert reading.classes.shape == (20, 20)
    heights = y + half - (np.arange(20) + 0.5) / 20 * 2 * half
    np.testing.assert_array_equal(reading.classes, np.repeat((heights > 0)[:, None], 20, axis=1))
    # Least sure where bright turns to dark.
    assert abs(heights[reading.confidence[:, 0].argmin()]) <= 2 * half / 20
    assert read_places(replace(own, linear=False), TopOrBottom()) is None
    header, parts = unpack(pack([own, own], small, readings=[reading, None], judge="words"))
    np.testing.assert_array_equal(parts["models"]["0.read"], reading.classes)
    assert "1.read" not in parts["models"]
    assert header["judge"] == "words"


def test_numbers_that_colour_the_dots_are_places_on_their_scale(small: Dataset) -> None:
    spaces = [
        space(Autoencoder(small.image_shape, 2, hidden=(16,)), small.test_images),
        space(VAE(small.image_shape, 2, hidden=(16,)), small.test_images, "VAE"),
    ]
    values = np.linspace(-1, 5, len(small.test_images))
    values[3] = np.nan
    header, parts = unpack(pack(spaces, small, colour="KL, nats", scale=Scale((None, values), 0.0, 4.0)))
    assert (header["colour"], header["scale"]["low"], header["scale"]["high"]) == ("KL, nats", 0, 4)
    assert "0.values" not in parts["models"]
    sent = parts["models"]["1.values"]
    assert (sent[0], sent[3], sent[-1]) == (0, 255, 254)
    middle = int(np.nanargmin(abs(values - 2)))
    assert abs(int(sent[middle]) - 127) <= 254 / 4 * abs(values[middle] - 2) + 1
    assert header["classes"] == list(small.class_names)  # their names stay on the map
    assert unpack(pack(spaces, small))[0]["scale"] is None


def test_the_way_of_a_multi_rate_vae_is_sent_with_its_stops_and_does_not_move_the_view(small: Dataset) -> None:
    model = VAE(small.image_shape, 2, hidden=(16,))
    places = np.random.default_rng(0).normal(size=(3, 20, 2)).astype(np.float32)
    way = PathOnMap("every", 4.0, (0.5, 4.0, 16.0), places, np.ones((3, 20, 3), np.float32))
    near, far = (
        replace(
            space(model, small.test_images, "VAE", path=way),
            points=np.full((len(small.test_images), 2), at, np.float32),
        )
        for at in (0, 9)
    )
    header, parts = unpack(pack([space(model, small.test_images), near], small))
    assert "betas" not in header["panels"][0]
    assert [header["panels"][1][key] for key in ("series", "beta", "betas")] == ["every", 4.0, [0.5, 4.0, 16.0]]
    np.testing.assert_allclose(parts["models"]["1.beta_places"], places, rtol=1e-3, atol=1e-4)
    assert parts["models"]["1.beta_factors"].shape == (3, 20, 3)
    assert near.home == far.home
