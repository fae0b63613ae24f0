"""The benchmark of one's own images: it measures what it says, on a few of them."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.own_images import measure, squares


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells which memory is of mapped files")
def test_it_imports_trains_and_tells_seconds_and_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path))
    found = measure(200)
    assert found["import_seconds"] > 0
    assert found["epoch_seconds"] > 0
    assert 0 < found["idle_mb"] <= found["import_mb"] <= found["train_mb"] <= found["peak_mb"]


def test_its_images_are_the_same_however_they_are_read() -> None:
    source = squares(2_500)
    rows = [3, 999, 1_000, 2_499]
    whole = [each for each in source.read(range(2_500)) if isinstance(each, np.ndarray)]
    some = [each for each in source.read(rows) if isinstance(each, np.ndarray)]
    assert np.array_equal(some, [whole[row] for row in rows])
