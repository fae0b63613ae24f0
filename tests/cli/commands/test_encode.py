"""The command `encode`: images from elsewhere become what a model's own images were, and their codes a table."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.helpers.command_line import run
from vae.data.dataset import Dataset
from vae.models.codes import encode_posteriors
from vae.storage.checkpoints import load
from vae.storage.models import load_model


def save(images: np.ndarray, folder: Path, *, inverted: bool = False) -> None:
    folder.mkdir()
    for number, image in enumerate(images):
        Image.fromarray(255 - image if inverted else image).save(folder / f"{number}.png")


def test_pictures_of_digits_get_the_codes_of_the_images_that_they_show(
    mnist: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = mnist.test_images[:20]
    save(images[:, 0].numpy(), tmp_path / "light")
    save(images[:, 0].numpy(), tmp_path / "dark", inverted=True)
    (tmp_path / "light" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")
    for name in ("vae-2d", "ae-2d"):
        codes, deviations = encode_posteriors(load_model(load(name)), images)
        for folder, words in {"light": (), "dark": ("--invert",)}.items():
            out = tmp_path / f"{name}-{folder}.parquet"
            status, text, _ = run(capsys, "encode", name, str(tmp_path / folder), "--out", str(out), "--json", *words)
            result = json.loads(text)
            assert (status, result["images"], result["unreadable"]) == (0, 20, int(folder == "light"))
            table = pd.read_parquet(out)
            order = [int(Path(file).stem) for file in table["file"]]
            np.testing.assert_allclose(table[["z1", "z2"]], codes[order], atol=1e-4)
            if deviations is not None:
                np.testing.assert_allclose(table[["sigma1", "sigma2"]], deviations[order], atol=1e-5)
            else:
                assert "sigma1" not in table
    assert any("broken.png" in remark for remark in result["remarks"]) == (folder == "light")
    status, text, _ = run(capsys, "encode", "vae-2d", str(tmp_path / "dark"), "--out", str(tmp_path / "wrong.csv"))
    assert status == 0
    assert "dark on a light ground, and those of MNIST light on black; --invert turns them." in text


def test_ones_own_images_are_prepared_by_the_settings_of_their_import(
    own: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = 255 - own.test_images[:, 0].numpy()  # as they were before the import inverted them
    np.savez(tmp_path / "images.npz", images=stored)
    out = tmp_path / "codes.npz"
    status, text, _ = run(capsys, "encode", "few-vae", str(tmp_path / "images.npz"), "--out", str(out), "--json")
    assert status == 0
    assert json.loads(text)["preparation"]["invert"]
    with np.load(out) as arrays:
        np.testing.assert_array_equal(arrays["z"], encode_posteriors(load_model(load("few-vae")), own.test_images)[0])


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("vae-2d nowhere --out new.csv", 1, "There is no file or folder nowhere; look at the path again."),
        ("vae-2d words.txt --out new.csv", 1, "holds no images that could be read"),
        ("vae-2d words.txt --out new.xlsx", 2, "end the name of a table in .parquet, .csv or .npz"),
        ("nothing words.txt --out new.csv", 2, "There is no run called 'nothing'"),
        ("vae-2d words.txt --out words.txt.csv", 2, "words.txt.csv exists already"),
    ],
)
def test_what_cannot_be_encoded_is_one_line_and_leaves_nothing(
    words: str,
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("no images at all, but words")
    (tmp_path / "words.txt.csv").write_text("taken")
    found, out, err = run(capsys, "encode", *words.split())
    assert (found, out) == (status, "")
    assert len(err.splitlines()) == 1
    assert message in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["words.txt", "words.txt.csv"]


def test_without_the_images_of_its_import_nobody_knows_how_to_prepare_others(
    own: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "images", "--delete", "few", "--yes")
    status, _, err = run(capsys, "encode", "few-vae", str(tmp_path), "--out", str(tmp_path / "new.csv"))
    assert status == 1
    assert "There are no images called 'few' on this machine; import them again" in err
