"""A drawing or a picture becomes an image like MNIST's, whatever its size, place, tone and format."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vae.data.datasets import Dataset
from vae.data.from_picture import PictureError, centred, prepare_drawing, prepare_file, read_picture
from vae.models.judge import judge_path, load_judge, read

SHAPE = (1, 28, 28)


def ink(side: int = 280, box: tuple[int, int, int, int] = (60, 30, 120, 250)) -> np.ndarray:
    picture = Image.new("L", (side, side))
    ImageDraw.Draw(picture).rectangle(box, fill=255)
    return np.asarray(picture, np.float32) / 255


def file(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


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
    found = centred(ink(), shape)
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


def test_dark_on_light_is_inverted_and_said_so() -> None:
    light_on_dark = Image.fromarray((ink() * 255).astype(np.uint8))
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


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_every_usual_format_is_read(kind: str) -> None:
    found = read_picture(file(Image.fromarray((ink() * 255).astype(np.uint8)), kind))
    assert np.abs(found - ink()).mean() < 0.02


def test_sixteen_bits_are_not_clipped_to_eight() -> None:
    picture = Image.fromarray((ink() * 40_000 + 10_000).astype(np.uint16))
    found = read_picture(file(picture))
    assert np.unique(found).round(2).tolist() == pytest.approx([0.2, 1.0])


def bomb(side: int) -> bytes:
    """A small PNG file that declares a picture of side × side pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no picture"),
        (b"%PDF-1.7 not a picture", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "no picture"),
        (bomb(12_000), "12,000 × 12,000 pixels"),
        (bomb(60_000), "too many pixels"),
        (bytes(11 * 2**20), "11 MiB"),
        (file(Image.new("L", (300, 300), 90)), "of one tone"),
        (file(Image.fromarray((ink() * 255).astype(np.uint8)))[:150], "damaged"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        prepare_file(content, SHAPE)


def test_the_judge_reads_what_mnist_was_made_of_and_what_this_makes_alike(mnist: Dataset) -> None:
    import torch

    judge, _ = load_judge(judge_path("mnist"))
    made = []
    for image in mnist.test_images[:60, 0].numpy():
        large = Image.fromarray(255 - image).resize((196, 196), Image.Resampling.BICUBIC)
        page = Image.new("L", (500, 400), 255)
        page.paste(large, (100, 150))
        made.append(prepare_file(file(page, "JPEG"), SHAPE).image)
    right = read(judge, torch.cat(made))[0] == mnist.test_labels[:60].numpy()
    assert right.mean() > 0.95
