"""The look at images before anything is trained on them."""

from dataclasses import replace

import numpy as np
import torch

from tests.helpers.collections import collection, squares
from tests.helpers.images import blobs
from vae.data.imported.look import look_at_sample, look_at_set
from vae.data.preparation.settings import Preparation
from vae.data.readers.collection import UnreadableImageError


def test_a_whole_set_is_counted_and_warned_of() -> None:
    dataset = blobs(train=3_000, test=500)
    images, labels = dataset.images.clone(), dataset.labels.clone()
    images[:12], images[12] = 0, 255
    images[20] = 9
    images[3_100:3_105] = images[100:105]
    labels[labels == 2] = 1
    labels[7:10] = 2
    shares: list[float] = []
    found = look_at_set(replace(dataset, images=images, labels=labels), shares.append)
    assert found.warnings == (
        "12 of 3,500 images are all black.",
        "1 of 3,500 images are all white.",
        "1 of 3,500 images are all of one grey or colour.",
        "Class 2 has 3 images.",
        "16 of 3,500 images are exact copies of others.",
        "5 test images are exact copies of images to train on, and test nothing.",
    )
    assert (found.copies, found.leaked) == (16, 5)
    assert found.histogram.sum() == images.numel()
    assert found.histogram[255] == int((images == 255).sum())
    assert found.class_counts == {str(i): int((labels == i).sum()) for i in range(3)}
    assert np.abs(found.mean_image - images.float().mean(0).numpy()).max() <= 0.5
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_many_small_classes_are_summed_up() -> None:
    dataset = blobs(classes=30, train=200, test=40)
    found = look_at_set(replace(dataset, class_names=(*dataset.class_names, "none")))
    assert found.warnings[0] == "Class none has no images."
    assert sum("Class" in sentence for sentence in found.warnings) == 3
    assert any("more of 31 classes have fewer than 10 images." in sentence for sentence in found.warnings)


def test_images_without_classes_have_no_counts_of_them() -> None:
    dataset = replace(blobs(), labels=torch.zeros(440, dtype=torch.int64), class_names=("images",), labelled=False)
    found = look_at_set(dataset)
    assert found.class_counts == {}
    assert found.warnings == ()


def test_a_sample_is_seen_as_the_model_sees_it() -> None:
    found = look_at_sample(squares(90), Preparation(12, 10, colour=True, invert=True), most=40)
    assert (found.looked_at, found.count) == (40, 90)
    assert found.mean_image.shape == (3, 12, 10)
    assert found.class_counts == {"a": 30, "b": 30, "c": 30}
    broken = UnreadableImageError("a.png is damaged.")
    found = look_at_sample(collection([broken, np.zeros((8, 8)), 3 * np.eye(8), 255 * np.eye(8)]), Preparation(8, 8))
    assert found.warnings == (
        "1 of 4 images that were looked at cannot be read.",
        "2 of 3 images are all black.",
    )
