"""A drawing or a picture becomes an image like MNIST's, whatever its size, place, tone and format."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from tests.helpers.photos import file, page, rectangle
from vae.data.dataset import Dataset
from vae.data.from_picture import centred, prepare_drawing, prepare_file, prepare_picture
from vae.data.ink import Box
from vae.data.picture_file import Picture, PictureError
from vae.models.judge import judge_path, load_judge, read

SHAPE = (1, 28, 28)
INK = rectangle((60, 30, 120, 250))


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    places = np.indices(image.shape)
    return (places * image).sum((1, 2)) / image.sum()


def test_mnists_own_digits_come_back_as_they_are_from_any_size_and_place(mnist: Dataset) -> None:
    alike = []
    for image in mnist.test_images[:40, 0].numpy():
        large = Image.fromarray(image).resize((140, 140), Image.Resampling.BICUBIC)
        page = Image.new("L", (400, 300))
        page.paste(large, (230, 10))
        found = centred(np.asarray(page, np.float32) / 255, SHAPE)
        assert found is not None
        alike.append(np.corrcoef(found[0, 0].numpy().ravel(), image.ravel())[0, 1])
        assert np.abs(centre_of_mass(found[0, 0].numpy()) - 14).max() < 0.6
    # Half of all roundings to whole pixels may go the other way; a shift of all by one pixel leaves some 0.6.
    assert np.mean(alike) > 0.9


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 28, 28), (1, 8, 8), (3, 64, 48)])
def test_it_fills_the_share_of_the_image_that_mnist_fills_and_keeps_its_aspect_ratio(
    shape: tuple[int, int, int],
) -> None:
    found = centred(INK, shape)
    assert found is not None
    assert found.shape == (1, *shape)
    grey = found[0, 0].numpy()
    assert (found[0].numpy() == grey).all()
    tall, wide = ((grey > 127).any(axis).sum() for axis in (1, 0))
    assert abs(tall - min(shape[1:]) * 20 / 28) <= 1
    assert abs(wide - tall * 61 / 221) <= 1


def test_the_centre_of_mass_is_in_the_middle_but_nothing_is_cut_off() -> None:
    heavy = np.zeros((200, 200), np.float32)
    heavy[:, :30] = 1  # an L: all its mass at the left
    heavy[180:, :] = 1
    found = centred(heavy, SHAPE)
    assert found is not None
    image = found[0, 0].numpy()
    middle = centre_of_mass(image)
    assert np.abs(middle - 14).max() < 3
    assert ((image > 0).any(0).sum(), (image > 0).any(1).sum()) == (20, 20)


def test_edges_are_smooth_as_mnists_are() -> None:
    picture = Image.new("L", (280, 280))
    ImageDraw.Draw(picture).line([(60, 60), (220, 240)], fill=255, width=22)
    found = centred(np.asarray(picture, np.float32) / 255, SHAPE)
    assert found is not None
    assert len(np.unique(found.numpy())) > 15


def test_nothing_drawn_is_nothing() -> None:
    assert prepare_drawing(file(Image.new("L", (280, 280))), SHAPE) is None
    assert prepare_drawing(file(Image.new("RGBA", (280, 280), (0, 0, 0, 0))), SHAPE) is None


@pytest.mark.parametrize("picture", [Image.new("L", (2_000, 2_000)), Image.effect_noise((800, 600), 200)])
def test_more_than_the_canvas_sends_is_refused(picture: Image.Image) -> None:
    with pytest.raises(PictureError, match="more than"):
        prepare_drawing(file(picture), SHAPE)


def test_dark_on_light_is_inverted_and_said_so() -> None:
    light_on_dark = Image.fromarray((INK * 255).astype(np.uint8))
    # No centre of mass half way between two pixels, where rounding may go either way.
    ImageDraw.Draw(light_on_dark).rectangle((60, 230, 140, 250), fill=255)
    dark_on_light = light_on_dark.point(lambda value: 230 - value * 0.8)  # grey paper, grey ink
    transparent = Image.merge("LA", [Image.new("L", (280, 280)), light_on_dark])
    plain = prepare_file(file(light_on_dark), SHAPE)
    assert not plain.inverted
    for content in (file(dark_on_light), file(dark_on_light, "JPEG", quality=70), file(transparent)):
        found = prepare_file(content, SHAPE)
        assert found.inverted
        assert np.abs(found.image.numpy().astype(int) - plain.image.numpy()).mean() < 6


def test_the_judge_reads_what_mnist_was_made_of_and_what_this_makes_alike(mnist: Dataset) -> None:
    judge, _ = load_judge(judge_path("mnist"))
    made = []
    for image in mnist.test_images[:60, 0].numpy():
        large = Image.fromarray(255 - image).resize((196, 196), Image.Resampling.BICUBIC)
        page = Image.new("L", (500, 400), 255)
        page.paste(large, (100, 150))
        made.append(prepare_file(file(page, "JPEG"), SHAPE).image)
    right = read(judge, torch.cat(made))[0] == mnist.test_labels[:60].numpy()
    assert right.mean() > 0.95


def test_a_spoilt_print_is_read_as_the_clean_one(mnist: Dataset) -> None:
    judge, _ = load_judge(judge_path("mnist"))
    made, random = [], np.random.default_rng(0)
    for digit in mnist.test_images[:15, 0].numpy():
        grey = page(digit) * np.linspace(1, 0.6, 600, dtype=np.float32)
        grey[:10] = grey[:, :10] = 0
        for row, column in random.integers(20, 580, (3, 2)):
            grey[row : row + 5, column : column + 5] = 0.1
        made.append(prepare_file(file(grey + random.normal(0, 0.025, grey.shape)), SHAPE).image)
    assert (read(judge, torch.cat(made))[0] == mnist.test_labels[:15].numpy()).mean() > 0.95


def test_what_is_guessed_wrong_is_corrected_by_hand() -> None:
    grey = np.full((300, 300), 0.9, np.float32)
    grey[100:200, 40:60] = grey[100:120, 150:260] = 0.1
    picture = Picture(grey, np.zeros((300, 300, 3), np.uint8))
    guessed, other = (prepare_picture(picture, SHAPE, box=box) for box in (None, Box(0, 0, 0.4, 1)))
    tall, wide = ((each.image[0, 0].numpy() > 127).any(1).sum() for each in (other, guessed))
    assert tall == 20
    assert wide < 5
    assert other.box == pytest.approx(Box(40 / 300, 100 / 300, 60 / 300, 200 / 300), abs=0.01)
    assert not prepare_picture(Picture(1 - grey, picture.shown), SHAPE).inverted
