"""The command `export`: every format of a set of one's own, and what is refused, in one line and without a trace."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.helpers.command_line import run
from vae.data.dataset import Dataset
from vae.models.codes import encode_images
from vae.storage.checkpoints import load
from vae.storage.models import load_model


@pytest.mark.parametrize("model", ["ae", "vae"])
def test_every_format_of_ones_own_images(
    model: str, own: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"few-{model}"
    codes = encode_images(load_model(load(name)), own.test_images)
    for kind in ("parquet", "csv", "npz"):
        status, out, _ = run(capsys, "export", name, "--format", kind, "--out", str(tmp_path / f"codes.{kind}"))
        assert (status, out) == (0, f"{tmp_path}/codes.{kind}: the codes of 30 test images\n")
    table = pd.read_parquet(tmp_path / "codes.parquet")
    np.testing.assert_array_equal(table[["z1", "z2", "z3"]], codes)
    np.testing.assert_array_equal(pd.read_csv(tmp_path / "codes.csv")[["z1", "z2", "z3"]].astype(np.float32), codes)
    with np.load(tmp_path / "codes.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["z"], codes)
        np.testing.assert_array_equal(arrays["file"], own.columns["file"][170:])
        np.testing.assert_array_equal(arrays["ink"], own.columns["ink"][170:])
        assert ("sigma" in arrays) == (model == "vae")
    assert table["label"].tolist() == [own.class_names[label] for label in own.test_labels]
    words = ["export", name, "--format", "projector", "--part", "train", "--out", str(tmp_path / "points"), "--json"]
    status, out, _ = run(capsys, *words)
    assert (status, json.loads(out)["images"], json.loads(out)["left_out"]) == (0, 170, 0)
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    status, out, _ = run(capsys, "export", name, "--format", "onnx", "--out", str(tmp_path / "onnx"), "--json")
    assert status == 0
    assert json.loads(out)["difference"] < 1e-4
    about = {each.key: each.value for each in onnx.load(tmp_path / "onnx" / "decoder.onnx").metadata_props}
    assert json.loads(about["class_names"]) == list(own.class_names)
    assert about["data_fingerprint"] == own.fingerprint
    status, out, _ = run(capsys, "export", name, "--format", "code")
    assert status == 0
    compile(out, "loader.py", "exec")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("nothing --format csv --out new.csv", "There is no run called 'nothing'"),
        ("small --format csv", "--format csv needs --out, the name of a new file or folder."),
        ("small --format csv --out taken.csv", "taken.csv exists already; choose another name, or add --overwrite"),
        ("small --format onnx --out mine", "mine exists already; choose another name, or add --overwrite"),
        ("small --format onnx --out mine --overwrite", "mine holds 'thesis.tex', which no export has written"),
        ("small --format csv --out mine --overwrite", "mine is a folder; give the name of a file."),
        ("small --format csv --out nowhere/new.csv", "There is no folder nowhere to write new.csv in; make it first."),
        ("small --format code --out new.py", "--out goes with the other formats"),
        ("small --format onnx --out new --part train", "--part goes with tables and projector"),
        ("small --format csv --out new.csv --beta 4", "--beta goes with runs of model multi-rate-vae"),
        ("small --format csv --out new.csv", "small takes images of 1 × 8 × 8, and those of mnist have 1 × 28 × 28"),
        ("small --format html --out new", "invalid choice: 'html'"),
    ],
)
def test_what_cannot_be_exported_is_one_line_and_leaves_nothing(
    words: str,
    message: str,
    saved: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.csv").write_text("taken")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    status, out, err = run(capsys, "export", *words.split())
    assert status in (1, 2)
    assert out == ""
    assert len(err.splitlines()) == 1
    assert message in err
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "taken.csv").read_text() == "taken"


def test_stopped_it_says_that_nothing_is_written(
    own: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vae.export.codes.coded", stop)
    status, out, err = run(capsys, "export", "few-vae", "--format", "npz", "--out", str(tmp_path / "codes.npz"))
    assert (status, out) == (130, "")
    assert err == f"python -m vae export: Stopped; nothing is written to {tmp_path}/codes.npz.\n"
    assert not list(tmp_path.glob("*codes*"))
