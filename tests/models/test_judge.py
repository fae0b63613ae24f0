"""The judge: it learns, comes back from the disk, says what is wrong with a file, and the shipped one reads digits."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from tests.helpers.disks import fill, small_disk
from tests.helpers.images import blobs
from vae.data.dataset import Dataset
from vae.models.feature_network import features
from vae.models.judge import (
    JudgeEpoch,
    JudgeError,
    calibration_halves,
    judge_path,
    load_judge,
    probabilities,
    read,
    save_judge,
)
from vae.models.judge_training import train_judge


@pytest.fixture(scope="module")
def trained() -> tuple[Dataset, list[JudgeEpoch]]:
    dataset = blobs((1, 12, 12), train=640)
    return dataset, list(train_judge(dataset, epochs=12))


def test_it_learns_and_the_same_seed_gives_the_same_judge(trained: tuple[Dataset, list[JudgeEpoch]]) -> None:
    dataset, reports = trained
    assert reports[-1].loss < reports[0].loss / 2
    assert reports[-1].accuracy > 0.95
    *_, again = train_judge(dataset, epochs=12)
    for one, other in zip(reports[-1].judge.parameters(), again.judge.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_it_comes_back_from_the_disk_as_it_was(trained: tuple[Dataset, list[JudgeEpoch]], tmp_path: Path) -> None:
    dataset, reports = trained
    path = tmp_path / "judge-test.safetensors"
    save_judge(reports[-1], dataset, path)
    judge, about = load_judge(path)
    assert about["accuracy"] == reports[-1].accuracy
    assert judge.temperature == reports[-1].judge.temperature != 1
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    for before, after in zip(
        read(reports[-1].judge, dataset.test_images), read(judge, dataset.test_images), strict=True
    ):
        np.testing.assert_allclose(before, after, rtol=1e-5)


def test_a_full_disk_is_a_sentence_and_the_judge_that_was_there_stays(
    trained: tuple[Dataset, list[JudgeEpoch]], tmp_path: Path
) -> None:
    dataset, reports = trained
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "judge-test.safetensors"
        save_judge(reports[-1], dataset, path)
        before = path.read_bytes()
        for room in (0, 100_000):
            fill(disk, leaving=room)
            with pytest.raises(JudgeError, match=r"judge-test\.safetensors could not be written: .*No space left"):
                save_judge(reports[-1], dataset, path)
            assert path.read_bytes() == before
            assert sorted(entry.name for entry in disk.iterdir()) == ["filling", path.name]


def test_a_judge_saved_before_there_was_a_temperature_has_1(
    trained: tuple[Dataset, list[JudgeEpoch]], tmp_path: Path
) -> None:
    dataset, reports = trained
    path = tmp_path / "judge-test.safetensors"
    save_judge(reports[-1], dataset, path)
    with safe_open(path, framework="pt") as file:
        texts = file.metadata()
    about = json.loads(texts["about"])
    del about["temperature"]
    save_file(load_file(path), path, metadata=texts | {"about": json.dumps(about)})
    assert load_judge(path)[0].temperature == 1


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "judge-test.safetensors"
    with pytest.raises(JudgeError, match="no judge at judge-test"):
        load_judge(path)
    path.write_bytes(b"\x80\x05 not a judge")
    with pytest.raises(JudgeError, match=r"judge-test\.safetensors is damaged"):
        load_judge(path)


def test_the_shipped_judge_reads_the_test_digits(mnist: Dataset) -> None:
    judge, about = load_judge(judge_path("mnist"))
    classes, confidence = read(judge, mnist.test_images)
    right = classes == mnist.test_labels.numpy()
    assert right.mean() >= 0.994
    assert right.mean() == pytest.approx(about["accuracy"], abs=5e-4)
    assert about["data_fingerprint"] == mnist.fingerprint
    # Surer where it is right than where it is wrong.
    assert confidence[right].mean() > confidence[~right].mean() + 0.1


def test_the_shipped_judge_is_as_sure_as_it_is_right_on_images_that_it_was_not_calibrated_on(mnist: Dataset) -> None:
    judge, _ = load_judge(judge_path("mnist"))
    _, others = calibration_halves(mnist)
    seen, labels = features(judge, mnist.test_images[others]), mnist.test_labels[others].numpy()
    calibrated = probabilities(judge, seen)
    accuracy = (calibrated.argmax(1) == labels).mean()
    judge.temperature = 1.0
    bare = probabilities(judge, seen)
    np.testing.assert_array_equal(bare.argmax(1), calibrated.argmax(1))
    assert abs(calibrated.max(1).mean() - accuracy) < abs(bare.max(1).mean() - accuracy) / 2
    # Its logits and what `forward` returns are divided alike.
    judge.temperature = 2.0
    logits = judge(mnist.test_images[:50] / 255).softmax(1)
    np.testing.assert_allclose(logits, probabilities(judge, features(judge, mnist.test_images[:50])), atol=1e-5)
