"""The command `evaluate`: what it measures, keeps, and says when it is stopped."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.collections import squares
from tests.helpers.command_line import run
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.imported.importing import import_images
from vae.data.preparation.settings import Preparation, Split
from vae.measure.quality import Measurements
from vae.measure.recorded import recorded_replicates
from vae.storage.checkpoints import load
from vae.storage.replicates import Replicates

MEASURE = {"value": 12.0, "low": 11.0, "high": 13.0, "unit": "distance", "higher_is_better": False}
MEASURED = Measurements(
    {"samples": {"prior": {"frechet": MEASURE}}},
    Replicates({"samples/prior/frechet": np.array([11, 12, 13], np.float32)}, {}),
)


def test_it_adds_the_bound_and_the_quality_that_are_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = load_dataset("mnist")
    few = replace(few, images=few.images[58_000:61_000], labels=few.labels[58_000:61_000], train_size=2_000)
    for command in ("train", "evaluate"):
        monkeypatch.setattr(f"vae.cli.commands.{command}.load_dataset", lambda name: few)
    monkeypatch.setattr("vae.cli.commands.evaluate.measure", lambda *_, **__: MEASURED)
    run(capsys, *["train", "--hidden", "16", "--steps", "30", "--name", "brief", "--device", "cpu"])
    run(capsys, *["train", "--model", "ae", "--hidden", "16", "--steps", "5", "--name", "points", "--device", "cpu"])
    bounds = {}
    for words in ("--binarised", ""):
        _, out, _ = run(capsys, *f"evaluate brief --likelihood-samples 20 --quality --json {words}".split())
        result = json.loads(out)
        assert result["quality"]["samples"]["prior"]["frechet"] == MEASURE
        assert "test_reconstruction" in result
        bounds[words] = result["likelihood"]
        assert bounds[words]["elbo"]["value"] < bounds[words]["bound_20"]["value"]
    assert bounds["--binarised"]["bound_20"]["value"] != bounds[""]["bound_20"]["value"]
    assert "quality" not in load("brief").metrics
    status, out, _ = run(capsys, *["evaluate", "brief", "--likelihood-samples", "2", "--quality", "--keep"])
    assert load("brief").metrics["quality"]["samples"]["prior"]["frechet"] == MEASURE
    # Without --quality what was measured before stays.
    run(capsys, *["evaluate", "brief", "--keep"])
    assert load("brief").metrics["quality"]["samples"]["prior"]["frechet"] == MEASURE
    assert recorded_replicates(load("brief")) is not None
    assert status == 0
    assert "samples (prior)\n  frechet              12.0000    [11.0000, 13.0000]       distance" in out
    assert "  negative bound 2 " in out  # a loss, as −ELBO is
    assert "  elbo" not in out
    for words, message in {
        "points --likelihood-samples 5": "An autoencoder has no likelihood",
        "brief --binarised": "--binarised goes with --likelihood-samples.",
    }.items():
        status, out, err = run(capsys, "evaluate", *words.split())
        assert (status, out) == (2, "")
        assert message in err


def test_stopped_it_says_that_nothing_was_written(
    saved: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vae.cli.commands.evaluate.load_dataset", lambda _: small)
    monkeypatch.setattr("vae.cli.commands.evaluate.evaluate", stop)
    status, out, err = run(capsys, "evaluate", "small", "--keep")
    assert (status, out) == (130, "")
    assert err == ("python -m vae evaluate: Stopped; no measurement was finished, and small stays as it was.\n")
    assert load("small").metrics == {}


def test_a_few_labelled_images_are_measured_without_samples(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path / "imported"))
    import_images(squares(40), Preparation(8, 8), Split(), "few", "Few")
    words = "train --dataset few --steps 2 --hidden 16 --device cpu --name tiny --json"
    run(capsys, *words.split())
    status, out, err = run(capsys, *["evaluate", "tiny", "--quality", "--device", "cpu", "--json"])
    assert status == 0
    assert "too few images to measure samples by" in err
    quality = json.loads(out)["quality"]
    assert not quality["samples"]
    assert {"silhouette", "prior_kl"} <= set(quality["latents"])
