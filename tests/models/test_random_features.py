"""Random features: they order real, blurred and noise images rightly, in grey and colour, and never change."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from sklearn.datasets import load_sample_images

from tests.helpers.images import blobs
from vae.data.dataset import Dataset
from vae.measure.realism import share_of_blurred
from vae.measure.sample_quality import frechet_distance
from vae.models.feature_network import features
from vae.models.random_features import feature_network, random_features
from vae.models.realism import fit_realism


def without_labels(images: torch.Tensor, train: int) -> Dataset:
    labels = torch.zeros(len(images), dtype=torch.int64)
    return Dataset("own", images, labels, train, ("cluster 1",), "a" * 64, labelled=False)


def crops(count: int, side: int) -> torch.Tensor:
    """Random places of scikit-learn's two sample photographs, uint8 (count, 3, side, side)."""
    random, found = np.random.default_rng(0), []
    photographs = load_sample_images().images
    for number in range(count):
        picture = photographs[number % 2]
        top, left = (random.integers(length - side) for length in picture.shape[:2])
        found.append(picture[top : top + side, left : left + side].transpose(2, 0, 1))
    return torch.from_numpy(np.stack(found))


@pytest.fixture(params=["digits", "photographs"])
def own(request: pytest.FixtureRequest, mnist: Dataset) -> Dataset:
    if request.param == "digits":
        return without_labels(torch.cat([mnist.images[:1000], mnist.images[-500:]]), 1000)
    return without_labels(crops(1000, 40), 700)


def test_real_blurred_and_noise_images_are_ordered_rightly(own: Dataset) -> None:
    network = feature_network(own)
    assert network is not None
    assert network.random
    half = len(own.test_images) // 2
    real, other = own.test_images[:half], own.test_images[half:].numpy()
    sets = {
        "real": other,
        "blurred": gaussian_filter(other, (0, 0, 1.5, 1.5)),
        "noise": np.random.default_rng(0).integers(0, 256, other.shape, dtype=np.uint8),
    }
    seen = features(network, real)
    distances = [frechet_distance(seen, features(network, torch.from_numpy(each))) for each in sets.values()]
    assert 3 * distances[0] < distances[1] < distances[2] / 1.5
    realism = fit_realism(network, own)
    passed = {name: realism.realistic(torch.from_numpy(each)).mean() for name, each in sets.items()}
    assert passed["real"] > 0.8
    assert passed["noise"] == 0
    if own.image_shape[0] == 1:
        assert passed["blurred"] < 0.02
        assert share_of_blurred(realism, own) < 0.02
    else:  # most places of these photographs are blurred anyhow, and the page says that the test lets blurs pass
        assert share_of_blurred(realism, own) > 0.3


def test_they_are_the_same_each_time_and_leave_torchs_random_stream_alone() -> None:
    dataset = blobs((1, 72, 128), train=40, test=20, labelled=False)  # larger than what the convolutions see
    state = torch.get_rng_state()
    one, other = (features(random_features(dataset), dataset.test_images) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), state)
    np.testing.assert_allclose(one, other)
    assert one.shape == (20, 128)
    assert one.std(0).max() > 0


def test_a_labelled_set_waits_for_its_judge_and_a_few_images_have_no_features() -> None:
    assert feature_network(blobs()) is None
    assert feature_network(blobs(train=78, labelled=False)) is None
    assert feature_network(blobs(test=39, labelled=False)) is None
    assert feature_network(blobs(labelled=False)) is not None
