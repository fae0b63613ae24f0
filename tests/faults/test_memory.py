"""Uploads that are small on disk and would be huge in memory: refused, with less than 500 MB over the server's own."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save

from tests.helpers.runs import found_in
from vae.folders import ROOT
from vae.storage.film import Frames, kept_epochs

MOST = 500e6  # bytes
LOAD = (
    "import json, sys\n"
    "from pathlib import Path\n"
    "from vae.storage.archive import from_zip\n"
    "from vae.storage.models import load_model\n"
    "from vae.storage.names import CheckpointError\n"
    "from_zip(Path(sys.argv[1]).read_bytes(), 'sound')\n"  # what the server has imported by now
    "lines = lambda: Path('/proc/self/status').read_text().splitlines()\n"
    "memory = lambda key: next(int(line.split()[1]) * 1024 for line in lines() if line.startswith(key))\n"
    "content, before, words = Path(sys.argv[2]).read_bytes(), memory('VmRSS'), 'taken'\n"
    "Path('/proc/self/clear_refs').write_text('5')\n"  # the peak begins here
    "try:\n"
    "    from_zip(content, 'hostile')\n"
    "except CheckpointError as error:\n"
    "    words = str(error)\n"
    "print(json.dumps([words, memory('VmHWM') - before]))\n"
)


def packed(files: dict[str, bytes], also: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files | (also or {})).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def hostile_model(files: dict[str, bytes]) -> bytes:
    config = json.loads(files["config.json"])
    config["settings"] |= {"model": "classifier-vae", "hidden": [4096] * 6}
    config["run"] |= {"classes": 10_000, "image_shape": [3, 64, 64]}
    return packed(files | {"config.json": json.dumps(config).encode()})


def large_weights(files: dict[str, bytes]) -> bytes:
    """A sound model of 38 million weights that are all zero, in 10 MB: as large as an archive of 10 MB may hold."""
    config = json.loads(files["config.json"])
    config["settings"] |= {"hidden": [4096, 4096]}
    config["run"] |= {"image_shape": [1, 20, 20]}
    shapes = {"encoder.1": (4096, 400), "encoder.3": (4096, 4096), "mean": (2, 4096), "log_variance": (2, 4096)}
    shapes |= {"decoder.0": (4096, 2), "decoder.2": (4096, 4096), "decoder.4": (400, 4096)}
    weights = {f"{name}.weight": torch.zeros(shape) for name, shape in shapes.items()}
    weights |= {f"{name}.bias": torch.zeros(shape[0]) for name, shape in shapes.items()} | {"sigma": torch.ones(())}
    padding = {"padding": np.random.default_rng(0).bytes(10_000_000)}
    changed = {"config.json": json.dumps(config).encode(), "model.safetensors": save(weights)}
    optional = ("filmstrip.png", "latents.safetensors")
    return packed({name: each for name, each in (files | changed).items() if name not in optional}, padding)


def large_film(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (13_000, 13_000)).save(buffer, "PNG")
    return packed(files | {"filmstrip.png": buffer.getvalue()})


def many_epochs(files: dict[str, bytes]) -> bytes:
    return packed(files | {"history.csv": b"1\n" * 20_000_000}, {"padding": np.random.default_rng(0).bytes(2_500_000)})


def many_files(files: dict[str, bytes]) -> bytes:
    return packed(files, {f"{number}": b"" for number in range(20_000)})


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells a process's peak of memory")
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (hostile_model, "lacks the tensor"),
        (large_weights, "taken"),
        (large_film, "filmstrip.png is damaged"),
        (many_epochs, "history.csv has more than 8 MB"),
        (many_files, "far more files than the 8 of a run"),
    ],
)
def test_no_archive_of_ten_megabytes_takes_half_a_gigabyte(
    make, words: str, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {path.name: path.read_bytes() for path in saved.iterdir()}
    (tmp_path / "sound.zip").write_bytes(packed(files))
    (tmp_path / "hostile.zip").write_bytes(make(files))
    command = [sys.executable, "-c", LOAD, str(tmp_path / "sound.zip"), str(tmp_path / "hostile.zip")]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True)
    told, more = json.loads(done.stdout)
    with capsys.disabled():
        print(f"\n{make.__name__}: {told[:60]} {more / 1e6:.0f} MB")
    assert words in told
    assert more < MOST
    assert found_in(saved.parent) == ["hostile"] * (words == "taken") + ["small", "sound"]


def test_a_long_run_keeps_as_many_frames_as_a_short_one() -> None:
    frames = Frames(100)
    for epoch in range(10_000):
        frames.add(np.array(epoch))
        places, kept = frames.kept()
        assert len(places) <= 101
    assert places == kept_epochs(10_000, 100) == [int(frame) for frame in kept]
    assert (places[0], places[-1], len(set(np.diff(places[:-1])))) == (0, 9_999, 1)
