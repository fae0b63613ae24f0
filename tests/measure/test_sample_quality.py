"""Distances against closed forms, and every score of real digits, of noise and of drawn ones by the shipped judge."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.images import blobs
from vae.data.dataset import Dataset
from vae.generate.draws import prior_latents
from vae.measure.anchors import load_reference, reference_path, without_structure
from vae.measure.neighbours import nearest_distances
from vae.measure.quality import draw_images
from vae.measure.sample_quality import (
    SCALES,
    Reference,
    class_entropy,
    distance_measures,
    frechet_distance,
    kernel_distance,
    sample_quality,
)
from vae.models.feature_network import features, pooled
from vae.models.judge import Judge, judge_path, load_judge
from vae.models.realism import fit_realism
from vae.storage.checkpoints import load
from vae.storage.models import load_model


def _gaussian(mean: np.ndarray, root: np.ndarray, seed: int) -> np.ndarray:
    """2,500 points whose mean is `mean` and whose covariance is root · rootᵀ, exactly."""
    points = np.random.default_rng(seed).standard_normal((2_500, len(mean)))
    points -= points.mean(0)
    return points @ np.linalg.inv(np.linalg.cholesky(np.cov(points.T))).T @ root.T + mean


def test_the_frechet_distance_of_two_gaussians_is_the_closed_form() -> None:
    random = np.random.default_rng(0)
    scales, means = random.uniform(0.5, 2, (2, 16)), random.normal(0, 1, (2, 16))
    turn = np.linalg.qr(random.standard_normal((16, 16)))[0]
    one, other = (_gaussian(means[i], turn @ np.diag(scales[i]), i) for i in (0, 1))
    # Covariances that share their axes: |m − m'|² + Σ (s − s')².
    expected = np.square(means[0] - means[1]).sum() + np.square(scales[0] - scales[1]).sum()
    assert frechet_distance(one, other) == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(one.astype(np.float32), other.astype(np.float32)) == pytest.approx(expected, rel=1e-5)


def test_the_kernel_distance_is_its_definition_and_leaves_torchs_stream_alone() -> None:
    random = np.random.default_rng(0)
    x, y = (random.normal(shift, 1, (90, 8)).astype(np.float32) for shift in (0, 0.5))

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a.astype(float) @ b.T / 8 + 1) ** 3

    within = sum((kernel(a, a).sum() - np.trace(kernel(a, a))) / (90 * 89) for a in (x, y))
    state = torch.get_rng_state()
    assert kernel_distance(x, y) == pytest.approx(within - 2 * kernel(x, y).mean(), rel=1e-4)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_set_is_at_no_frechet_distance_from_itself_and_dead_features_do_no_harm() -> None:
    features = np.random.default_rng(0).normal(0, 1, (400, 8)).astype(np.float32)
    features[:, :3] = 0
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-9)
    measures = distance_measures(features, features + np.float32(2))
    assert measures["frechet"].value == pytest.approx(8 * 4, rel=1e-4)
    for measure in measures.values():
        assert measure.low is not None
        assert measure.high is not None
        assert measure.low < measure.value < measure.high


def test_entropy_is_0_for_one_class_and_the_logarithm_for_all_alike() -> None:
    assert class_entropy(np.full(50, 3), 10) == 0
    assert class_entropy(np.arange(50) % 10, 10) == pytest.approx(np.log(10))


@pytest.fixture(autouse=True, scope="module")
def few_draws() -> Iterator[None]:
    """A tenth of the bootstrap: what is asked of intervals here, they are."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("vae.measure.sample_quality.FRECHET_DRAWS", 10)
        yield


@pytest.fixture(scope="module")
def digits(mnist: Dataset) -> Dataset:
    """1,200 training and 400 test images from all over MNIST, whose halves are by different writers."""
    chosen = torch.cat([torch.arange(0, 60_000, 50), torch.arange(60_000, 70_000, 25)])
    return replace(mnist, images=mnist.images[chosen], labels=mnist.labels[chosen], train_size=1_200)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge(judge_path("mnist"))[0]


@pytest.fixture(scope="module")
def reference(digits: Dataset, judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return load_reference(digits, judge, tmp_path_factory.mktemp("references"))


def test_real_digits_are_far_better_than_those_without_structure(reference: Reference) -> None:
    good, bad = reference.good, reference.bad
    assert set(good) == set(bad) == set(SCALES)
    assert good["frechet"] < bad["frechet"] / 20
    assert good["kernel"] < bad["kernel"] / 10
    assert good["realistic"] > 0.8
    assert bad["realistic"] < 0.02
    for name in ("precision", "recall", "density", "coverage", "confidence", "entropy"):
        assert good[name] > bad[name] + 0.1
    assert good["entropy"] == pytest.approx(np.log(10), abs=0.02)
    assert (good["memorisation"], bad["memorisation"]) == (1, 0)


def test_the_samples_of_a_vae_are_better_than_an_aes_and_copies_are_found(
    digits: Dataset, judge: Judge, reference: Reference
) -> None:
    found = {}
    for name in ("ae-20d", "vae-20d"):
        images = draw_images(load_model(load(name)), prior_latents(400, 20))
        found[name] = sample_quality(images, digits, judge, reference)
    assert found["vae-20d"]["frechet"].value < found["ae-20d"]["frechet"].value / 2
    assert found["vae-20d"]["coverage"].value > found["ae-20d"]["coverage"].value + 0.2
    assert found["ae-20d"]["realistic"].below(found["vae-20d"]["realistic"])
    for measures in found.values():
        assert 0.7 < measures["memorisation"].value < 1.5
        assert all(measure.good == reference.good[name] for name, measure in measures.items())
    copies = sample_quality(digits.train_images[:200].numpy(), digits, judge, reference)
    assert copies["memorisation"].value == 0
    again = sample_quality(digits.train_images[:200].numpy(), digits, judge, reference)
    assert again == copies


def test_test_images_against_themselves_are_at_the_best_of_every_scale(digits: Dataset, judge: Judge) -> None:
    few = digits.test_images[:200]
    nearest = nearest_distances(few, digits.train_images)
    reference = Reference(features(judge, few), nearest, fit_realism(judge, digits), {}, {})
    found = sample_quality(few.numpy(), digits, judge, reference)
    assert found["frechet"].value == pytest.approx(0, abs=1e-6)
    assert (found["precision"].value, found["recall"].value, found["coverage"].value) == (1, 1, 1)
    assert found["memorisation"].value == 1


def test_the_reference_is_read_back_and_made_again_where_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, judge = blobs(), Judge((1, 8, 8), 3).eval()
    first = load_reference(small, judge, tmp_path)
    maps = pooled(judge, small.test_images)
    path = reference_path(small, judge, tmp_path)
    assert sorted(entry.name.split("-")[0] for entry in tmp_path.iterdir()) == ["quality", "realism"]
    assert reference_path(small, Judge((1, 8, 8), 3), tmp_path) != path
    with monkeypatch.context() as patched:
        patched.setattr("vae.measure.anchors.features", None)
        patched.setattr("vae.models.realism.pooled", None)
        again = load_reference(small, judge, tmp_path)
    np.testing.assert_array_equal(again.features, first.features)
    np.testing.assert_array_equal(again.nearest, first.nearest)
    assert (again.good, again.bad) == (first.good, first.bad)
    assert (again.realism.scores_of(maps) == first.realism.scores_of(maps)).all()
    path.write_bytes(b"nothing")
    assert load_reference(small, judge, tmp_path).good == first.good
    assert load_reference(small, judge, Path("/dev/null/nowhere")).bad == first.bad


def test_images_without_structure_keep_every_pixels_values() -> None:
    images = blobs().images.numpy()
    shuffled = without_structure(images)
    np.testing.assert_array_equal(np.sort(shuffled, axis=0), np.sort(images, axis=0))
    assert np.mean(shuffled != images) > 0.9
    assert (images == blobs().images.numpy()).all()


def test_too_few_images_are_named() -> None:
    few, judge = blobs(), Judge((1, 8, 8), 3).eval()
    reference = Reference(np.zeros((50, 128), np.float32), np.ones(5), fit_realism(judge, few), {}, {})
    with pytest.raises(ValueError, match="At least 40 drawn images are needed, not 39"):
        sample_quality(few.train_images[:39].numpy(), few, judge, reference)
