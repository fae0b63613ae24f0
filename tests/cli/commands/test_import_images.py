"""The command `import`: what it brings in, what its options change, what it refuses, and how it stops."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import recognised
from tests.helpers.collections import contents
from tests.helpers.command_line import run
from vae.cli.stops import StoppedError
from vae.data.datasets import load_dataset
from vae.storage.checkpoints import load


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("vae.cli.commands.import_images.recognise", recognised)
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path / "imported"))
    return tmp_path / "imported"


def test_images_are_imported_listed_and_trained_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "import", "My photos.zip", "--json")
    assert (status, err) == (0, "")
    result = json.loads(out)
    assert (result["name"], result["images"], result["train"], result["test"]) == ("my-photos", 60, 51, 9)
    assert result["image_shape"] == [1, 12, 12]
    assert result["classes"] == {"a": 20, "b": 20, "c": 20}
    assert result["preparation"]["fit"] == "stretch"
    assert result["fingerprint"] == load_dataset("my-photos").fingerprint

    words = "train --dataset my-photos --steps 2 --hidden 16 --device cpu --name mine --json"
    status, out, _ = run(capsys, *words.split())
    assert status == 0
    assert "--dataset my-photos" in json.loads(out)["command"]
    assert load("mine").config.dataset == "my-photos"

    status, out, _ = run(capsys, "images", "--json")
    (row,) = json.loads(out)["sets"]
    assert (row["name"], row["title"], row["images"], row["classes"], row["runs"]) == (
        "my-photos",
        "My photos",
        60,
        3,
        ["mine"],
    )


def test_options_decide_instead_of_what_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    words = "import x --name mine --size 8x16 --colour --fit crop --ground corner --invert --validation 0.1 --test 0.2"
    words += " --seed 7 --label-pattern {label}_* --label-column kind --image-column picture --json"
    status, out, err = run(capsys, *words.split())
    assert status == 0
    result = json.loads(out)
    assert result["image_shape"] == [3, 8, 16]
    assert (result["train"], result["validation"], result["test"]) == (42, 6, 12)
    chosen = {"height": 8, "width": 16, "colour": True, "fit": "crop", "ground": "corner", "invert": True}
    assert chosen.items() <= result["preparation"].items()
    assert result["remarks"] == ["{label}_* was asked for.", "kind was asked for.", "picture was asked for."]
    assert err.splitlines() == result["remarks"]


def test_without_json_it_says_how_to_train_on_them(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "import", "clothes")  # a name that is kept for the example
    assert status == 0
    assert "60 images of 12 x 12 pixels, grey, with 3 classes: 51 training, 0 validation and 9 test images" in out
    train, judge = (line.strip() for line in out.splitlines()[-2:])
    assert train == "python -m vae train --dataset own-clothes"
    assert judge == "python -m vae judge --dataset own-clothes"
    status, _, err = run(capsys, "import", "cats", "--name", "clothes")
    assert status != 0
    assert "The name 'clothes' is kept for the example" in err


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("import damaged.zip", 1, "damaged.zip is damaged; bring it again."),
        ("import x --name taken", 1, "There are images called 'taken' already"),
        ("import x --name ../x", 2, "'../x' is no name for an imported set"),
        ("import x --name mnist", 2, "'mnist' is no name for an imported set"),
        ("import x --size 7", 2, "it must be 8 to 128, not 7"),
        ("import x --size 28x28x28", 2, "'28x28x28' is not like 28 or 28x32"),
        ("import x --size big", 2, "'big' is not a whole number"),
        ("import x --colour --grey", 2, "not allowed with argument --colour"),
        ("import x --test 0.9", 2, "both together at most 0.5, not 0 and 0.9."),
        ("import x --test nan", 2, "both together at most 0.5"),
        ("import", 2, "required: PATH"),
        ("images --delete nothing", 1, "There are no images called 'nothing'"),
        ("images --retitle nothing x", 1, "There are no images called 'nothing'"),
        ("images --retitle taken=", 2, "expected 2 arguments"),
        ("images --delete taken", 2, "Deleting taken cannot be undone; add --yes if you are sure."),
        ("images --yes", 2, "--yes goes with --delete."),
        ("train --dataset nothing --steps 2", 1, "import PATH --name nothing"),
        ("train --dataset ../x --steps 2", 2, "'../x' is neither one of mnist"),
        ("judge --dataset ../x", 2, "'../x' is neither one of mnist"),
    ],
)
def test_what_is_refused_is_one_line_and_leaves_everything_as_it_was(
    words: str, status: int, message: str, shelf: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "import", "x", "--name", "taken")
    before = contents(shelf)
    found, out, err = run(capsys, *words.split())
    assert (found, out) == (status, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert contents(shelf) == before
    assert not [path for path in folder.iterdir() if path.name != ".vae"]


def test_stopped_it_leaves_nothing_and_says_so(
    shelf: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise StoppedError(15)

    monkeypatch.setattr("vae.cli.bar.ProgressBar.step", stopped)
    status, out, err = run(capsys, "import", "x", "--name", "mine")
    assert (status, out) == (143, "")
    assert err.splitlines()[-1] == "python -m vae import: Stopped; nothing of the images is kept."
    assert not shelf.exists() or os.listdir(shelf) == []


def test_stopped_while_it_looks_at_them_it_keeps_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise StoppedError(15)

    monkeypatch.setattr("vae.cli.commands.import_images.look_at_set", stopped)
    status, _, err = run(capsys, "import", "x", "--name", "mine")
    assert status == 143
    assert err.splitlines()[-1].endswith("Stopped; the images are imported as mine.")
    assert len(load_dataset("mine").images) == 60
