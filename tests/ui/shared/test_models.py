"""Models in memory, found again by their weights."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.images import blobs
from vae.storage.checkpoints import load
from vae.ui.beta.rungs import cross_entropy
from vae.ui.shared import models


@pytest.mark.usefixtures("fresh")
def test_results_are_kept_until_the_weights_are_written_again(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.ui.shared.models.dataset", lambda name: blobs())
    calls: list[str] = []

    @models.kept(max_entries=4)
    def spread(trained: models.Trained, times: int) -> float:
        calls.append(trained.name)
        return times * float(np.std(trained.codes))

    trained = models.trained(load("small"))
    assert models.trained(load("small")) is trained
    assert spread(trained, 2) == spread(trained, 2) == 2 * spread(trained, 1)
    assert calls == ["small", "small"]
    weights = saved / "model.safetensors"
    os.utime(weights, ns=(0, weights.stat().st_mtime_ns + 1_000))
    again = models.trained(load("small"))
    assert again is not trained
    spread(again, 2)
    assert len(calls) == 3


@pytest.mark.usefixtures("fresh")
def test_weights_that_are_gone_are_an_error_that_pages_expect(saved: Path) -> None:
    checkpoint = load("small")
    (saved / "model.safetensors").unlink()
    with pytest.raises(models.LOAD_ERRORS):
        cross_entropy(checkpoint)
    with pytest.raises(models.LOAD_ERRORS):
        models.trained(checkpoint)
