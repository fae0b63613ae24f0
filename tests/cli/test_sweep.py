"""The command `sweep`."""

import json
from pathlib import Path

import pytest

from vae.__main__ import main
from vae.data.datasets import Dataset
from vae.storage.checkpoints import load


def test_the_command_line_prints_a_table_and_goes_on_where_it_was(
    small: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vae.jobs.sweep.load_dataset", lambda _: small)
    words = "sweep --betas 0.5,2 --latent-dims 2,4 --epochs 1 --engine stacked --name mine"
    assert main(words.split()) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 5
    assert "mine-vae-4d-beta2-seed0" in captured.out
    assert "4 of 4  mine-vae-4d-beta2-seed0 done" in captured.err
    assert main([*words.split(), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in result["members"]] == ["skipped"] * 4
    assert result["members"][0]["metrics"]["elbo"] == load("mine-vae-2d-beta0.5-seed0").metrics["elbo"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--betas 1,two", "'1,two' is not like 0.1,0.5,1"),
        ("--latent-dims 2.5", "'2.5' is not like 2,10,20"),
        ("--seeds 0", "at least one β, one latent size and one seed"),
        ("--ray-address auto", "--ray-address goes with --engine ray"),
        ("--epochs 1 --steps 2", "exactly one budget"),
    ],
)
def test_bad_arguments_are_one_line(words: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["sweep", *words.split()])
    except SystemExit as stop:
        status = int(stop.code or 0)
    err = capsys.readouterr().err
    assert status == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
