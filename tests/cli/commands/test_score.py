"""The command `score`: foreign images are found, own ones raise as few alarms as promised."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.helpers.command_line import run
from vae.data.dataset import Dataset


@pytest.mark.parametrize("name", ["ae-2d", "vae-2d"])
def test_a_shipped_model_finds_foreign_images_and_few_of_its_own(
    name: str, mnist: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = np.random.default_rng(0).permutation(60_000)[:400]
    digits = mnist.images[rows, 0].numpy()
    noise = np.random.default_rng(1).integers(0, 256, (100, 28, 28), np.uint8)
    np.save(tmp_path / "both.npy", np.concatenate([digits, noise]))
    out = tmp_path / "scores.csv"
    words = ["score", name, str(tmp_path / "both.npy"), "--alarm", "0.1", "--out", str(out), "--json"]
    status, text, _ = run(capsys, *words)
    result = json.loads(text)
    table = pd.read_csv(out)
    assert status == 0
    assert (result["images"], result["alarm"]["held_out"]) == (500, 10_000)
    assert table["unusual"][400:].all()
    assert table["unusual"][:400].mean() == pytest.approx(0.1, abs=0.05)
    assert result["unusual"] == table["unusual"].sum()
    np.testing.assert_array_equal(table["unusual"], table["p_value"] <= 0.1)
    np.testing.assert_array_equal(table["unusual"], table["score"] > result["alarm"]["threshold"])
    assert [row["score"] for row in result["worst"]] == pytest.approx(sorted(table["score"], reverse=True)[:20])
    assert result["score"] == ("reconstruction" if name == "ae-2d" else "elbo")
    assert result["alarm"]["low"] < 0.1 < result["alarm"]["high"]


@pytest.mark.parametrize("name", ["few-ae", "few-vae"])
def test_a_rate_needs_as_many_test_images_as_it_says(
    name: str, own: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "images.npz", images=255 - own.test_images[:, 0].numpy())
    status, out, _ = run(capsys, "score", name, str(tmp_path / "images.npz"), "--alarm", "0.1")
    assert status == 0
    assert " of 30 images are unusual for " in out
    assert "Of images like its 30 test images a share of 0.1 is called unusual on average" in out
    status, out, err = run(
        capsys, "score", name, str(tmp_path / "images.npz"), "--alarm", "0.01", "--out", str(tmp_path / "new.csv")
    )
    assert (status, out) == (2, "")
    assert "A false-alarm rate of 0.01 needs 99 held-out images, and there are 30; choose 0.0323 or more." in err
    assert not (tmp_path / "new.csv").exists()
