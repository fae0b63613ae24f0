"""Replicates on disk: they belong to one measurement, and a file that is damaged or another one's reads as none."""

from pathlib import Path

import numpy as np
import pytest

from vae.storage.checkpoints import load
from vae.storage.metrics import add_metrics
from vae.storage.recording import shrink
from vae.storage.replicates import REPLICATES, Replicates, read_replicates

QUALITY = {"likelihood": {"elbo": {"value": -98.123456789012345, "low": None}}, "seed": 0}
WRITTEN = Replicates({"likelihood/elbo": np.arange(200, dtype=np.float32)}, {"data": "f" * 64, "seed": "0"})


@pytest.fixture
def measured(saved: Path) -> Path:
    add_metrics(load("small").stored, {"elbo": -98.0, "quality": QUALITY}, WRITTEN)
    return saved


def test_they_are_read_with_the_measurement_that_they_came_with(measured: Path) -> None:
    found = read_replicates(measured, load("small").metrics["quality"])
    assert found is not None
    assert found.basis == WRITTEN.basis
    np.testing.assert_array_equal(found.arrays["likelihood/elbo"], WRITTEN.arrays["likelihood/elbo"])
    assert not [path for path in measured.iterdir() if path.name.startswith(".")]


def test_those_of_another_measurement_are_none(measured: Path) -> None:
    add_metrics(load("small").stored, {"quality": QUALITY | {"seed": 1}})
    assert read_replicates(measured, load("small").metrics["quality"]) is None
    assert read_replicates(measured, None) is None


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"\xff" * 64])
def test_a_damaged_file_is_none_and_the_checkpoint_stays_sound(measured: Path, content: bytes) -> None:
    (measured / REPLICATES).write_bytes(content)
    assert read_replicates(measured, load("small").metrics["quality"]) is None


def test_numbers_that_are_not_finite_or_of_another_shape_are_none(measured: Path) -> None:
    for bad in (np.full(3, np.nan, np.float32), np.zeros((2, 2), np.float32), np.zeros(3, np.int64)):
        add_metrics(load("small").stored, {"quality": QUALITY}, Replicates({"likelihood/elbo": bad}, {}))
        assert read_replicates(measured, QUALITY) is None


def test_a_shrunk_checkpoint_has_none(measured: Path) -> None:
    shrink("small")
    assert not (measured / REPLICATES).exists()
