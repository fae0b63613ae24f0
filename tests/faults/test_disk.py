"""A full disk, a folder that is read-only, a file in a folder's place: a sentence each, and everything else whole."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.runs import found_in
from vae.data.dataset import Dataset
from vae.storage.archive import copy, from_zip, to_zip
from vae.storage.bin import discard, rename
from vae.storage.checkpoints import list_checkpoints, load
from vae.storage.claims import claim
from vae.storage.metrics import add_metrics
from vae.storage.names import CheckpointError
from vae.storage.notes import write_note
from vae.storage.recording import record, shrink
from vae.storage.replicates import Replicates
from vae.training.config import TrainConfig
from vae.training.loop import train

SIZE = 400_000  # bytes of the small disk


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of checkpoints on a disk of 400 kB of its own."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},nr_inodes=1000", "tmpfs", str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk, and not everywhere")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(path))
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to its last byte, and return the file that does."""
    filler = disk / ".filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4_096))
    return filler


def test_on_a_full_disk_everything_is_a_sentence_and_the_old_is_whole(disk: Path, small: Dataset) -> None:
    config = TrainConfig(epochs=1, hidden=(16,))
    list(record(train(config, small), "small", config, small))
    before, packed = load("small"), to_zip("small")
    replicates = Replicates({"likelihood/elbo": np.zeros(90_000, np.float32)}, {})
    filler = fill(disk)
    big = TrainConfig(epochs=1, hidden=(400,))
    deeds = [
        lambda: list(record(train(big, small), "big", big, small)),
        lambda: list(record(train(big, small), "small", big, small, overwrite=True)),
        lambda: from_zip(packed, "loaded"),
        lambda: copy("small", "copied"),
        lambda: write_note("small", "mine"),
        lambda: shrink("small"),
        lambda: add_metrics(before.stored, {"elbo": -1.0, "quality": {}}, replicates),
    ]
    for deed in deeds:
        with pytest.raises(CheckpointError, match=r"could not be written: .*No space left on device"):
            deed()
    filler.unlink()
    assert found_in(disk) == ["small"]
    assert load("small").stored == before.stored
    rename("small", "other")
    assert [c.name for c in list_checkpoints()[0]] == ["other"]


@pytest.mark.skipif(os.name != "posix", reason="modes of folders are those of POSIX")
def test_in_a_folder_that_is_read_only_everything_is_a_sentence(saved: Path, small: Dataset) -> None:
    folder, packed = saved.parent, to_zip("small")
    before, config = load("small"), TrainConfig(epochs=1, hidden=(16,))
    command = ["mount", "--bind", "-o", "ro", str(folder), str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("root may write everywhere, and only root may mount a read-only folder")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        deeds = [
            lambda: claim("name"),
            lambda: list(record(train(config, small), "new", config, small)),
            lambda: from_zip(packed, "loaded"),
            lambda: copy("small", "copied"),
            lambda: write_note("small", "mine"),
            lambda: rename("small", "other"),
            lambda: discard("small"),
            lambda: shrink("small"),
            lambda: add_metrics(before.stored, {"elbo": -1.0}),
        ]
        for deed in deeds:
            with pytest.raises(CheckpointError, match="could not be written: Read-only file system"):
                deed()
        assert [c.name for c in list_checkpoints()[0]] == ["small"]
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
    assert found_in(folder) == ["small"]


def test_a_file_in_a_folders_place_is_a_sentence(saved: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    file, packed = saved.parent / "file", to_zip("small")
    file.write_text("mine")
    (saved / "model.safetensors").rename(saved / "weights")
    (saved / "model.safetensors").mkdir()
    assert [d.name for d in list_checkpoints()[1]] == ["small"]
    config = TrainConfig(epochs=1, hidden=(16,))
    with pytest.raises(CheckpointError, match="There is a run called 'file' already"):
        list(record(train(config, small), "file", config, small))
    assert from_zip(packed, "file") == "file-2"
    monkeypatch.setenv("VAE_CHECKPOINTS", str(file))
    with pytest.raises(CheckpointError, match="cannot be read: Not a directory"):
        list_checkpoints()
    with pytest.raises(CheckpointError, match="could not be written"):
        list(record(train(config, small), "run", config, small))
    assert file.read_text() == "mine"
