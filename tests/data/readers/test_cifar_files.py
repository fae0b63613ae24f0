"""CIFAR's binary files are read, and its pickled ones refused with what to bring."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.array_files import images
from tests.helpers.reading import collect, named_labels, pictures
from tests.helpers.source_files import FakeFiles
from vae.data.readers import cifar_files
from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Options


def write(path: Path, values: np.ndarray, labels: np.ndarray) -> None:
    path.write_bytes(np.concatenate([labels, values.reshape(len(values), -1)], axis=1).astype(np.uint8).tobytes())


def test_cifar_10_with_its_parts_and_names(tmp_path) -> None:
    values = images(30, 3, 32, 32)
    labels = np.arange(30)[:, None] % 10
    write(tmp_path / "data_batch_1.bin", values[:20], labels[:20])
    write(tmp_path / "test_batch.bin", values[20:], labels[20:])
    (tmp_path / "batches.meta.txt").write_text("\n".join("abcdefghij") + "\n\n")
    found = collect(cifar_files, tmp_path)
    assert found.split is not None
    assert found.split.tolist() == [0] * 20 + [2] * 10
    assert named_labels(found)[:3] == ["a", "b", "c"]
    assert (pictures(found) == values.transpose(0, 2, 3, 1)).all()


def test_cifar_100_has_its_fine_labels(tmp_path) -> None:
    labels = np.stack([np.arange(12) % 20, np.arange(12) + 80], 1)
    write(tmp_path / "train.bin", images(12, 3, 32, 32), labels)
    found = collect(cifar_files, tmp_path / "train.bin")
    assert named_labels(found) == [str(80 + i) for i in range(12)]
    assert found.columns["coarse label"].tolist() == list(range(12))


def test_pickles_are_refused_and_other_files_left_alone(tmp_path) -> None:
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({"data": [1]}, protocol=2))
    with pytest.raises(ReaderError, match="is a Python pickle, which is never opened"):
        collect(cifar_files, tmp_path)
    (tmp_path / "data_batch_1").write_bytes(b"\xff" * 30_730)
    assert cifar_files.recognised(FakeFiles(tmp_path), Options()) is None
