"""Numbers against what they must be: hand computations, bounds, and the checkpoints that ship."""

import json
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import event, given

from tests.helpers.fuzzing import fuzzed
from vae.data.dataset import Dataset
from vae.measure.evaluate import evaluate
from vae.measure.latent_quality import Labelled, knn_hits, silhouettes
from vae.measure.likelihood import likelihood_terms
from vae.models.autoencoders import VAE
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.training.build import build_model
from vae.training.config import TrainConfig
from vae.training.loop import train


def test_the_elbo_is_a_bound_below_the_importance_weighted_estimate(small: Dataset) -> None:
    *_, report = train(TrainConfig(epochs=3, hidden=(16,), batch_size=16), small)
    config = TrainConfig(epochs=1, hidden=(16,))
    elbo = evaluate(report.model, small, config)["elbo"]
    model, pixels = report.model, small.test_images.float() / 255
    assert isinstance(model, VAE)
    with torch.no_grad():
        mean, log_variance = model.posterior(pixels)
        generator = torch.Generator().manual_seed(0)
        weights = []
        for _ in range(200):
            noise = torch.randn(mean.shape, generator=generator)
            z = mean + (0.5 * log_variance).exp() * noise
            logits = model.decoder(z)
            log_likelihood = (logits * pixels - torch.nn.functional.softplus(logits)).sum((1, 2, 3))
            log_ratio = (-0.5 * z.square() + 0.5 * noise.square() + 0.5 * log_variance).sum(1)
            weights.append(log_likelihood + log_ratio)
        iwae = (torch.stack(weights).logsumexp(0) - np.log(200)).mean().item()
    assert elbo < iwae < elbo + 5


def test_the_elbo_is_sampled_and_not_taken_at_the_mean(small: Dataset) -> None:
    *_, report = train(TrainConfig(epochs=3, hidden=(16,), batch_size=16), small)
    config = TrainConfig(epochs=1, hidden=(16,))
    one, other = (likelihood_terms(report.model, small.test_images, config, seed) for seed in (0, 1))
    assert not np.allclose(one["reconstruction"], other["reconstruction"])
    np.testing.assert_array_equal(one["kl"], other["kl"])
    again = likelihood_terms(report.model, small.test_images, config, 0)
    np.testing.assert_array_equal(one["reconstruction"], again["reconstruction"])


def test_knn_accuracy_and_silhouette_of_separate_and_of_mixed_codes() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    apart = random.normal(0, 0.1, (400, 2)) + labels[:, None] * 10
    mixed = random.normal(0, 1, (400, 2))
    assert knn_hits(Labelled(apart, labels), Labelled(apart + 0.01, labels), 10).all()
    halves = Labelled(mixed[::2], labels[::2]), Labelled(mixed[1::2], labels[1::2])
    assert 0.35 < knn_hits(*halves, 10).mean() < 0.65
    far, near = silhouettes(apart, labels), silhouettes(mixed, labels)
    assert far is not None
    assert near is not None
    assert far.mean() > 0.95
    assert abs(near.mean()) < 0.1


def test_a_collapsed_dimension_is_not_an_active_unit(small: Dataset) -> None:
    model = VAE((1, 8, 8), 3, hidden=(8,))
    with torch.no_grad():
        model.mean.weight[0].zero_()
        model.mean.weight[1:].mul_(50)
    result = evaluate(model, small, TrainConfig(epochs=1, latent_dim=3, hidden=(8,)))
    assert result["active_units"] == 2


def test_an_ae_has_no_elbo_and_metrics_are_json(small: Dataset) -> None:
    config = TrainConfig(model="ae", epochs=1, hidden=(8,))
    *_, report = train(config, small)
    result = evaluate(report.model, small, config)
    assert (result["elbo"], result["test_kl"], result["active_units"]) == (None, None, None)
    json.dumps(result, allow_nan=False)


@pytest.mark.fuzz
@fuzzed(few=25, many=500)
@given(
    kind=st.sampled_from(["ae", "vae", "classifier-vae"]),
    classes=st.integers(1, 4),
    train=st.integers(2, 30),
    test=st.integers(2, 30),
    alike=st.booleans(),
    seed=st.integers(0, 9),
)
def test_a_data_set_of_any_size_is_measured(
    kind: str, classes: int, train: int, test: int, alike: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    images = torch.from_numpy(random.integers(0, 256, (train + test, 1, 8, 8), dtype=np.uint8))
    labels = torch.from_numpy(random.integers(0, classes, train + test))
    names = tuple(map(str, range(classes)))
    dataset = Dataset("own", images[:1].expand_as(images) if alike else images, labels, train, names, "f" * 64)
    config = TrainConfig(model=kind, epochs=1, hidden=(4,))
    result = evaluate(build_model(config, (1, 8, 8), classes), dataset, config)
    json.dumps(result, allow_nan=False)
    assert (result["knn_accuracy"] is None) == (len(dataset.train_labels.unique()) == 1)
    seen = len(dataset.test_labels.unique())
    assert (result["silhouette"] is None) == (not 2 <= seen < test)
    event(f"kNN {result['knn_accuracy'] is not None}, silhouette {result['silhouette'] is not None}")


def test_images_of_one_class_are_trained_on_and_have_no_number_of_classes(small: Dataset) -> None:
    one = replace(small, labels=torch.zeros_like(small.labels), class_names=("all",))
    config = TrainConfig(model="ae", epochs=1, hidden=(8,), batch_size=16)
    *_, report = train(config, one)
    result = evaluate(report.model, one, config)
    assert (result["knn_accuracy"], result["silhouette"]) == (None, None)
    assert result["mse"] > 0


PAIRS = [("ae-2d", "vae-2d"), ("ae-5d", "vae-5d"), ("ae-20d", "vae-20d")]


@pytest.mark.parametrize("pair", PAIRS)
def test_the_shipped_pairs_share_all_but_the_idea(pair: tuple[str, str]) -> None:
    ae, vae = (load(name) for name in pair)
    for name in ("latent_dim", "body", "hidden", "activation", "likelihood", "batch_size", "learning_rate", "seed"):
        assert getattr(ae.config, name) == getattr(vae.config, name)
    assert (ae.steps_done, ae.data_fingerprint) == (vae.steps_done, vae.data_fingerprint)
    assert vae.config.beta == 1.0
    assert ae.finished
    assert vae.finished


@pytest.mark.parametrize(
    "name", ["ae-2d", "vae-2d", "vae-5d", "vae-20d", "classifier-vae-10d", "ladder-vae-10d-beta4-seed0"]
)
def test_the_shipped_metrics_are_those_of_the_shipped_weights(name: str, mnist: Dataset) -> None:
    checkpoint = load(name)
    measured = evaluate(load_model(checkpoint), mnist, checkpoint.config)
    for key, value in checkpoint.metrics.items():
        if key == "quality":
            continue  # a minute's work, which `pytest -m slow` repeats
        if isinstance(value, float):
            assert measured[key] == pytest.approx(value, rel=1e-3, abs=1e-3), key
        else:
            assert measured[key] == value, key
    assert measured["knn_accuracy"] > (0.2 if name == "classifier-vae-10d" else 0.8)


def test_all_shipped_checkpoints_take_at_most_35_mb() -> None:
    path = load("vae-2d").path.parent
    assert sum(p.stat().st_size for name in path.glob("*-*d") for p in name.iterdir()) <= 35e6
