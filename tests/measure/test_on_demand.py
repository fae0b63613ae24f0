"""Digits on demand in numbers: diversity, leakage, and the shipped model."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vae.data.dataset import Dataset
from vae.generate.on_demand import draw_every_class, read_classes
from vae.measure.on_demand import diversity, leakage
from vae.models.autoencoders import ClassifierVAE
from vae.models.judge import fitting_judge
from vae.storage.checkpoints import load
from vae.storage.models import load_model


def test_diversity_is_that_of_test_images_for_test_images_and_0_for_copies(small: Dataset) -> None:
    by_class = [small.test_images[small.test_labels == label][:20] for label in range(3)]
    drawn = torch.stack(by_class, dim=1).numpy()
    assert diversity(drawn, small).ratio == pytest.approx(1)
    assert diversity(drawn[:1].repeat(20, axis=0), small).ratio == pytest.approx(0, abs=1e-4)


def test_classes_with_one_test_image_are_left_out_of_the_diversity(small: Dataset) -> None:
    by_class = [small.test_images[small.test_labels == label][:20] for label in range(3)]
    drawn = torch.stack(by_class, dim=1).numpy()
    places = [int(torch.nonzero(small.test_labels == label)[0]) for label in range(3)]
    singles = replace(
        small,
        images=torch.cat([small.train_images, small.test_images[places]]),
        labels=torch.cat([small.train_labels, small.test_labels[places]]),
    )
    assert diversity(drawn, singles).ratio is None
    two = torch.nonzero(small.test_labels == 0)[:5, 0].tolist() + places[1:]
    mixed = replace(
        small,
        images=torch.cat([small.train_images, small.test_images[two]]),
        labels=torch.cat([small.train_labels, small.test_labels[two]]),
    )
    found = diversity(drawn, mixed)
    assert (len(found.drawn), len(found.real)) == (1, 1)
    assert found.ratio == pytest.approx(1, abs=0.3)


def test_leakage_tells_codes_that_say_the_class_from_codes_that_do_not(small: Dataset) -> None:
    model = ClassifierVAE(small.image_shape, 2, hidden=(16,), classes=3)
    told = leakage(model, small)  # of an untrained encoder, whose codes are projections of the image
    with torch.no_grad():
        model.mean.weight.zero_()
    commonest = small.test_labels.bincount().max().item() / len(small.test_labels)
    assert told > 0.8
    assert leakage(model, small) <= commonest


def test_the_shipped_model_is_read_as_asked_and_only_so(mnist: Dataset) -> None:
    checkpoint, fitting = load("classifier-vae-10d"), fitting_judge(mnist)
    assert fitting is not None
    model = load_model(checkpoint)
    assert isinstance(model, ClassifierVAE)
    drawn = draw_every_class(model, styles=10, seed=7)
    assert (read_classes(fitting[0], drawn) == np.arange(10)).mean() >= 0.98
    # Of the same images, asked for in another order, next to none are read as asked.
    assert (read_classes(fitting[0], drawn[:, ::-1].copy()) == np.arange(10)).mean() < 0.1
    found = checkpoint.metrics
    assert found["asked_draws"] == 1_000
    assert found["asked_as_read"] == pytest.approx(np.mean(found["asked_as_read_by_class"]))
    assert found["asked_as_read"] >= 0.99
