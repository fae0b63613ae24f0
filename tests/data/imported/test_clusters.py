"""Clusters of images without labels: they are found where there are some, are the same each time, and take little."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.images import blobs
from vae.data.imported.clusters import find_clusters


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 24, 36)])
@pytest.mark.parametrize("classes", [2, 4])
def test_images_that_lie_in_groups_are_found_again_the_largest_first(shape: tuple[int, int, int], classes: int) -> None:
    dataset = blobs(shape, train=400, test=2, classes=classes)
    labels, names = find_clusters(dataset.images)
    assert names == tuple(f"cluster {number}" for number in range(1, classes + 1))
    # Every cluster is one of the classes that the images were made of.
    assert len(set(zip(labels.tolist(), dataset.labels.tolist(), strict=True))) == classes
    sizes = np.bincount(labels)
    assert sizes.tolist() == sorted(sizes, reverse=True)
    np.testing.assert_array_equal(find_clusters(dataset.images)[0], labels)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_few_images_and_images_that_are_all_the_same_have_clusters_too(count: int) -> None:
    random = torch.Generator().manual_seed(0)
    for images in (
        torch.zeros(count, 1, 8, 8, dtype=torch.uint8),
        torch.randint(0, 256, (count, 1, 8, 8), generator=random, dtype=torch.uint8),
    ):
        labels, names = find_clusters(images)
        assert labels.dtype == np.int64
        assert labels.shape == (count,)
        assert sorted(set(labels.tolist())) == list(range(len(names)))


def test_images_of_a_mapped_file_are_read_a_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = blobs(train=900, test=100, classes=3)
    np.save(tmp_path / "images.npy", dataset.images.numpy())
    mapped = torch.from_numpy(np.load(tmp_path / "images.npy", mmap_mode="r+"))
    monkeypatch.setattr("vae.data.imported.clusters.FITTED", 200)
    monkeypatch.setattr("vae.data.imported.clusters.BLOCK", 64 * 64)
    labels, names = find_clusters(mapped)
    assert len(names) == 3
    assert len(set(zip(labels.tolist(), dataset.labels.tolist(), strict=True))) == 3
