"""The command `generate`: an AE's z come from its codes unless the prior is asked for, and a seed repeats."""

import json
from pathlib import Path

import pytest

from tests.helpers.command_line import run
from vae.data.dataset import Dataset


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_images_of_an_ae_and_a_vae_repeat_with_their_seed(
    own: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn = {}
    for out, words in {
        "vae": "few-vae",
        "ae": "few-ae",
        "prior": "few-ae --prior",
        "again": "few-ae --seed 0",
        "other": "few-ae --seed 1",
    }.items():
        status, text, _ = run(capsys, "generate", *words.split(), "--count", "12", "--out", out, "--json")
        assert status == 0
        drawn[out] = json.loads(text)["drawn_from"]
        assert len(contents(tmp_path / out)) == 13
    assert drawn == {"vae": "prior", "ae": "mixture", "prior": "prior", "again": "mixture", "other": "mixture"}
    assert contents(tmp_path / "ae") == contents(tmp_path / "again")
    assert contents(tmp_path / "ae") != contents(tmp_path / "other")
    status, text, _ = run(capsys, "generate", "few-ae", "--count", "2", "--out", "ae", "--overwrite")
    assert status == 0
    assert "An AE has no prior, so z is drawn from a mixture of 10 Gaussians fitted to its codes" in text
    assert sorted(contents(tmp_path / "ae")) == ["000001.png", "000002.png", "contact-sheet.png"]
    status, _, err = run(capsys, "generate", "few-ae", "--out", "ae")
    assert status == 2
    assert "ae exists already" in err
