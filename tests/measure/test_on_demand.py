"""Digits on demand in numbers: diversity, leakage, and the shipped model."""

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
