"""The command `images`: imported images listed, given another title, and deleted with what depends on them named."""

import json
from pathlib import Path

import pytest

from tests.helpers.collections import squares
from tests.helpers.command_line import run
from vae.data.datasets import load_dataset
from vae.data.imported.importing import import_images
from vae.data.imported.shelf import title
from vae.data.preparation.settings import Preparation, Split
from vae.storage.recording import record
from vae.training.config import TrainConfig
from vae.training.loop import train


@pytest.fixture
def mine(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An imported set with a run that was trained on it."""
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path / "imported"))
    import_images(squares(60), Preparation(8, 8), Split(), "mine", "My images")
    config, dataset = TrainConfig(dataset="mine", epochs=1, hidden=(8,)), load_dataset("mine")
    for _ in record(train(config, dataset), "run", config, dataset):
        pass
    return tmp_path / "imported" / "mine"


def test_they_are_listed_with_their_runs_and_how_much_room_they_take(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mine.parent / "odd").mkdir()
    status, out, _ = run(capsys, "images", "--json")
    assert status == 0
    result = json.loads(out)
    (row,) = result["sets"]
    assert (row["name"], row["image_shape"], row["classes"], row["runs"]) == ("mine", [1, 8, 8], 3, ["run"])
    assert len(result["damaged"]) == 1
    assert 60 * 64 < result["bytes"] < 60 * 64 + 20_000
    assert result["quota"] == 10_000_000_000
    out = run(capsys, "images")[1]
    assert "My images" in out
    assert "of 10 GB" in out


def test_another_title_changes_nothing_else(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (mine / "images.npy").stat().st_mtime_ns, load_dataset("mine").fingerprint
    assert run(capsys, "images", "--retitle", "mine", "Holidays β")[0] == 0
    assert title("mine") == "Holidays β"
    assert ((mine / "images.npy").stat().st_mtime_ns, load_dataset("mine").fingerprint) == before
    status, _, err = run(capsys, "images", "--retitle", "mine", " ")
    assert status == 1
    assert "A title has 1 to 60 printable characters." in err


def test_deleting_names_the_runs_that_depend_on_them_and_leaves_these(
    mine: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, "images", "--delete", "mine")
    assert status == 2
    assert err == (
        "python -m vae images: Deleting mine cannot be undone, and 1 run cannot be measured or shown without it (run); "
        "add --yes if you are sure.\n"
    )
    assert mine.exists()
    status, out, _ = run(capsys, "images", "--delete", "mine", "--yes", "--json")
    assert status == 0
    assert json.loads(out)["sets"] == []
    assert not list(mine.parent.iterdir())
    assert (folder / "run").exists()
    assert "No images are imported" in run(capsys, "images")[1]
    status, _, err = run(capsys, "evaluate", "run")
    assert status == 1
    assert "There are no images called 'mine' on this machine; import them again" in err
