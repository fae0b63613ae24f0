"""A model measured in one pass: what there is for which model, as JSON, with progress, and stopped on request."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.helpers.images import blobs
from vae.data.dataset import Dataset
from vae.measure.evaluate import evaluate
from vae.measure.intervals import DRAWS, random_rows
from vae.measure.likelihood import likelihood
from vae.measure.quality import MeasurementCancelled, draw_images, measure
from vae.measure.sample_quality import SCALES
from vae.models.autoencoders import VAE, Autoencoder, ClassifierVAE
from vae.models.judge import Judge
from vae.models.random_features import feature_network
from vae.training.config import TrainConfig


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("vae.measure.anchors.REFERENCES", tmp_path)
    monkeypatch.setattr("vae.measure.sample_quality.FRECHET_DRAWS", 10)
    return tmp_path


@pytest.fixture
def judge() -> Judge:
    torch.manual_seed(0)
    return Judge((1, 8, 8), 3).eval()


def _config(model: str, **settings: Any) -> TrainConfig:
    return TrainConfig(model=model, epochs=1, hidden=(8,), latent_dim=2, **settings)


def test_a_vae_is_measured_in_full(small: Dataset, judge: Judge) -> None:
    seen: list[tuple[float, str]] = []
    model = VAE((1, 8, 8), 2, hidden=(8,)).eval()
    found, replicates = measure(
        model, small, judge, _config("vae"), samples=100, on_progress=lambda done, what: seen.append((done, what))
    )
    json.dumps(found, allow_nan=False)
    assert set(found["likelihood"]) == {"reconstruction", "kl", "elbo", "bound_50"}
    assert found["likelihood"]["elbo"]["value"] < found["likelihood"]["bound_50"]["value"]
    assert set(found["active_units"]) == {"by_variance", "by_kl", "kl"}
    assert {"knn_100", "linear_probe", "silhouette", "nmi", "prior_kl", "trustworthiness"} < set(found["latents"])
    assert set(found["samples"]) == {"prior", "mixture"}
    for measures in found["samples"].values():
        assert set(measures) == set(SCALES)
        assert measures["frechet"]["images"] == 100
        assert measures["frechet"]["good"] < measures["frechet"]["bad"]
    assert set(replicates.arrays) == {
        *(f"likelihood/{name}" for name in found["likelihood"]),
        *(f"latents/{name}" for name in found["latents"] if name != "trustworthiness"),
        *(f"samples/{sampler}/{name}" for sampler in ("prior", "mixture") for name in SCALES),
    }
    fractions = [done for done, _ in seen]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, pytest.approx(1))
    words = list(dict.fromkeys(what for _, what in seen))
    assert words == ["likelihood", "latent space", "real images", "samples (prior)", "samples (mixture)"]


def test_the_same_replicate_of_two_models_is_of_the_same_images_and_z(small: Dataset) -> None:
    models = [VAE((1, 8, 8), 2, hidden=(8,)).eval() for _ in range(2)]
    measurements = [measure(model, small, None, _config("vae")) for model in models]
    assert measurements[0].replicates.basis == measurements[1].replicates.basis
    images = small.test_images[random_rows(len(small.test_images), 2_000)]
    first, second = (likelihood(model, images, _config("vae"), (50,)).elbo for model in models)
    random, apart = np.random.default_rng(0), second - first
    expected = [apart[random.integers(len(apart), size=len(apart))].mean() for _ in range(DRAWS)]
    one, other = (found.replicates.arrays["likelihood/elbo"] for found in measurements)
    np.testing.assert_allclose(other - one, expected, atol=1e-4)


def test_an_ae_has_no_likelihood_and_without_a_judge_there_are_no_samples(small: Dataset) -> None:
    found, _ = measure(Autoencoder((1, 8, 8), 2, hidden=(8,)), small, None, _config("ae"))
    assert (found["likelihood"], found["active_units"], found["samples"]) == (None, None, None)
    assert found["latents"]["prior_mmd"]["value"] > 0


@pytest.mark.parametrize("at", ["likelihood", "latent space", "real images", "samples (prior)"])
def test_it_stops_where_it_is_told_to(small: Dataset, judge: Judge, cache: Path, at: str) -> None:
    model = VAE((1, 8, 8), 2, hidden=(8,))
    with pytest.raises(MeasurementCancelled):
        measure(model, small, judge, _config("vae"), samples=50, on_progress=lambda _, what: what == at)
    assert bool(list(cache.iterdir())) == (at == "samples (prior)")


def test_a_classifier_vae_is_asked_for_all_classes() -> None:
    model = ClassifierVAE((1, 8, 8), 2, hidden=(8,), classes=4)
    with torch.no_grad():
        weights = next(model.decoder.parameters())  # (8, 2 + 4)
        weights[:, :2] = 0
        weights[:, 2:] *= 20
    images = draw_images(model, np.zeros((200, 2), np.float32))
    assert images.shape == (200, 1, 8, 8)
    assert len(np.unique(images, axis=0)) == 4


def test_without_labels_it_is_measured_by_random_features_and_without_what_needs_labels() -> None:
    images = blobs(labelled=False, name="own")
    network = feature_network(images)
    model = VAE((1, 8, 8), 2, hidden=(8,)).eval()
    found, replicates = measure(model, images, network, _config("vae", dataset="own"), ("prior",), samples=60)
    assert found["features"] == "random features" == replicates.basis["features"]
    assert set(found["latents"]) == {"prior_kl", "prior_mmd", "trustworthiness"}
    measures = found["samples"]["prior"]
    assert set(measures) == set(SCALES) - {"confidence", "entropy"}
    assert "random features" in measures["frechet"]["meaning"]
    assert "judge" not in json.dumps(found)
    assert measures["frechet"]["good"] < measures["frechet"]["bad"]  # floor and ceiling are measured on these images
    metrics = evaluate(model, images, _config("vae", dataset="own"))
    assert metrics["knn_accuracy"] is metrics["silhouette"] is None
