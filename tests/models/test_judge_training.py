"""How long a judge trains, which judges are kept, and what is said where one was refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.images import blobs, shelved
from vae.models.judge import JudgeError, fitting_judge, judge_path, refusal
from vae.models.judge_training import judge_budget, least_accuracy, make_judge
from vae.models.random_features import feature_network


@pytest.fixture(autouse=True)
def _imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path))


def test_the_judge_of_an_own_set_lies_in_its_folder_and_is_known_by_its_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.models.judge_training.MOST_EPOCHS", 6)
    seen: list[float] = []
    dataset = shelved(blobs((3, 8, 12), train=512, name="own-blobs"))
    accuracy = make_judge(dataset, seen.append)
    assert accuracy > 0.9
    assert seen == sorted(seen)
    assert (len(seen), seen[-1]) == (6 * 4, 1.0)
    assert judge_path("own-blobs") == tmp_path / "own-blobs" / "judge.safetensors"
    found = fitting_judge(dataset)
    assert found is not None
    assert found[1]["accuracy"] == accuracy
    network = feature_network(dataset)
    assert network is not None
    assert not network.random
    assert fitting_judge(replace(dataset, fingerprint="e" * 64)) is None


def test_a_judge_that_reads_too_little_is_refused_and_random_features_take_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vae.models.judge_training.MOST_EPOCHS", 2)
    dataset = blobs(train=128, test=60, name="own-noise")
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, dataset.images.shape, generator=random, dtype=torch.uint8)
    dataset = shelved(replace(dataset, images=images))
    assert feature_network(dataset) is None  # a judge may still be trained
    with pytest.raises(JudgeError, match=r"reads only .* of the test images right, and 80\.0% are needed"):
        make_judge(dataset)
    assert fitting_judge(dataset) is None
    assert refusal(dataset) is not None
    assert refusal(replace(dataset, fingerprint="e" * 64)) is None
    network = feature_network(dataset)
    assert network is not None
    assert network.random


@pytest.mark.parametrize("epochs", [1, 40])  # refused, and kept
def test_no_judge_brings_a_deleted_set_back(epochs: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("vae.models.judge_training.FEWEST_EPOCHS", 1)
    monkeypatch.setattr("vae.models.judge_training.MOST_EPOCHS", epochs)
    dataset = shelved(blobs(train=128, name="own-gone"))
    with pytest.raises(JudgeError, match="'own-gone' were deleted while their judge was trained"):
        make_judge(dataset, lambda _: shutil.rmtree(tmp_path / "own-gone", ignore_errors=True))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("labelled", "classes"), [(False, 3), (True, 1)])
def test_without_classes_to_tell_apart_there_is_no_judge(labelled: bool, classes: int) -> None:
    dataset = blobs(classes=classes, name="own", labelled=labelled)
    with pytest.raises(JudgeError, match="judge needs"):
        make_judge(dataset)


@pytest.mark.parametrize(
    ("shares", "least"),
    [
        ([0.1] * 10, 0.8),
        ([0.5, 0.5], 0.8),
        ([0.01] * 100, 0.8),
        ([0.9, 0.1], 0.95),  # who guesses reads 90 % right
        ([0.7, 0.3], 0.85),
    ],
)
def test_a_judge_must_read_far_more_than_who_guesses(shares: list[float], least: float) -> None:
    labels = np.repeat(np.arange(len(shares)), np.round(np.array(shares) * 100).astype(int))
    images = torch.zeros(2 * len(labels), 1, 8, 8, dtype=torch.uint8)
    dataset = replace(
        blobs(),
        images=images,
        labels=torch.from_numpy(np.tile(labels, 2)),
        train_size=len(labels),
        class_names=tuple(map(str, range(len(shares)))),
    )
    assert least_accuracy(dataset) == pytest.approx(least)


def test_the_budget_hardly_depends_on_the_number_and_size_of_images() -> None:
    def work(count: int, side: int) -> float:
        images = torch.zeros(1, 1, side, side, dtype=torch.uint8).expand(count + 2, 1, side, side)
        labels = torch.zeros(count + 2, dtype=torch.int64)
        budget = judge_budget(replace(blobs(classes=1), images=images, labels=labels, train_size=count))
        assert budget.epochs >= 2
        seen = side if side <= 32 else min(side, 64) / 2  # the first convolution takes every second place
        return budget.epochs * budget.images * seen**2

    usual = work(10_000, 28)
    for count, side in ((60_000, 28), (1_000_000, 28), (10_000, 64), (10_000, 128), (60_000, 16)):
        assert 0.6 < work(count, side) / usual < 1.4
