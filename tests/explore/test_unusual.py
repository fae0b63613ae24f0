"""Unusual images: scores and detection against hand computations, on models that ship, and on the page."""

import numpy as np
import pytest
import torch

from vae.data.dataset import Dataset
from vae.data.pixels import binarise
from vae.explore.unusual import STAND_INS, detection, scores
from vae.figures.unusual import histograms
from vae.measure.likelihood import likelihood_terms
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.training.build import build_model
from vae.training.config import TrainConfig


def test_scores_are_the_losses_that_they_are_named_after(mnist: Dataset) -> None:
    checkpoint, images = load("vae-2d"), mnist.test_images[:50]
    model = load_model(checkpoint)
    terms = likelihood_terms(model, images, checkpoint.config)
    elbo = scores(model, images, checkpoint.config, "elbo")
    np.testing.assert_allclose(elbo, terms["reconstruction"] + terms["kl"].sum(1), rtol=1e-6)
    with torch.no_grad():
        decoded = model.reconstruct(images / 255)
    errors = (decoded - images / 255).square().flatten(1).sum(1).numpy()
    np.testing.assert_allclose(scores(model, images, checkpoint.config, "squared error"), errors, rtol=1e-4)


def test_what_cannot_be_scored_is_refused_in_words(mnist: Dataset) -> None:
    checkpoint = load("ae-2d")
    model = load_model(checkpoint)
    with pytest.raises(ValueError, match="An autoencoder has no ELBO"):
        scores(model, mnist.test_images[:2], checkpoint.config, "elbo")
    with pytest.raises(ValueError, match=r"3 × 32 × 32 .* the model reads images of 1 × 28 × 28"):
        scores(model, torch.zeros(2, 3, 32, 32, dtype=torch.uint8), checkpoint.config, "reconstruction")
    with pytest.raises(ValueError, match="no score 'beauty'"):
        scores(model, mnist.test_images[:2], checkpoint.config, "beauty")


def test_detection_is_the_share_of_pairs_in_the_right_order() -> None:
    own, other = np.array([1.0, 2.0, 3.0]), np.array([2.5, 4.0])
    assert detection(own, other).auroc == pytest.approx(5 / 6)
    assert detection(other, own).auroc == pytest.approx(1 / 6)
    curve = detection(own, other)
    assert (curve.false_alarms[0], curve.found[-1]) == (0, 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_stand_ins_are_other_images_of_the_same_kind_alike_every_time(channels: int) -> None:
    images = torch.randint(0, 256, (4, channels, 12, 12), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    for name, change in STAND_INS.items():
        changed = change(images)
        assert (changed.shape, changed.dtype) == (images.shape, torch.uint8), name
        assert not torch.equal(changed, images), name
        assert torch.equal(changed, change(images)), name
    shuffled = STAND_INS["shuffled pixels"](images)
    assert torch.equal(shuffled.flatten(2).sort().values, images.flatten(2).sort().values)


@pytest.mark.parametrize("name", ["ae-2d", "vae-2d"])
def test_models_notice_images_of_another_kind(name: str, mnist: Dataset) -> None:
    checkpoint = load(name)
    model, images = load_model(checkpoint), mnist.test_images[:500]
    own = scores(model, images, checkpoint.config, "reconstruction")
    for other in ("inverted", "turned by 90°", "shuffled pixels"):
        found = detection(own, scores(model, STAND_INS[other](images), checkpoint.config, "reconstruction"))
        assert found.auroc > 0.85, other


def test_a_likelihood_prefers_images_with_little_on_them_and_the_squared_error_less(mnist: Dataset) -> None:
    checkpoint = load("vae-20d")
    model, images = load_model(checkpoint), mnist.test_images[:500]
    strips = STAND_INS["cut to a strip"](images)
    assert (strips > 0).any(0).any(1).sum() == 4  # columns of 28
    found = {
        score: detection(*(scores(model, part, checkpoint.config, score) for part in (images, strips))).auroc
        for score in ("elbo", "squared error")
    }
    assert found["elbo"] < 0.4 < 0.7 < found["squared error"]


def test_a_model_of_binarised_images_is_scored_on_such(small: Dataset) -> None:
    config = TrainConfig(hidden=(8,), binarised=True, epochs=1)
    model, images = build_model(config, small.image_shape), small.test_images
    black_and_white = likelihood_terms(model, binarise(images), config)["reconstruction"]
    np.testing.assert_array_equal(scores(model, images, config, "reconstruction"), black_and_white)


def test_histograms_hold_nearly_all_images_whatever_the_sign_of_their_scores() -> None:
    own, other = np.linspace(-5, 5, 1_000), np.linspace(1, 9, 1_000)
    figure = histograms({"a": {"own": own, "other": other}, "b": {"own": own + 6, "other": other}}, {"a": "", "b": ""})
    assert (figure.layout.xaxis.type, figure.layout.xaxis2.type) == ("linear", "log")
    for trace in figure.data:
        assert sum(trace.y[:-1]) == pytest.approx(100, abs=1)
    same = {"own": np.ones(3), "other": np.ones(3)}
    assert sum(histograms({"a": same}, {"a": ""}).data[0].y[:-1]) == 100
