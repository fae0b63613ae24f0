"""Checkpoints renamed, discarded and recovered, packed and unpacked; bad archives are refused and leave nothing."""

import io
import json
import os
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load as load_weights
from safetensors.torch import save

from tests.helpers.runs import found_in
from vae.data.dataset import Dataset
from vae.storage.archive import copy, from_zip, name_inside, to_zip
from vae.storage.checkpoints import load
from vae.storage.metrics import add_metrics
from vae.storage.models import load_model
from vae.storage.names import CheckpointError
from vae.storage.recording import record
from vae.storage.replicates import REPLICATES, Replicates
from vae.training.config import TrainConfig
from vae.training.loop import train


def test_a_checkpoint_comes_back_from_its_zip_as_it_was(saved: Path) -> None:
    add_metrics(
        load("small").stored, {"quality": {"seed": 0}}, Replicates({"likelihood/elbo": np.ones(3, np.float32)}, {})
    )
    content = to_zip("small")
    assert from_zip(content, "small") == "small-2"
    one, other = load("small"), load("small-2")
    assert one.config == other.config
    assert one.history.equals(other.history)
    for a, b in zip(load_model(one).parameters(), load_model(other).parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
    assert found_in(saved.parent) == ["small", "small-2"]
    assert sorted(os.listdir(saved)) == sorted(os.listdir(saved.with_name("small-2")))
    assert REPLICATES in os.listdir(saved)


def pack(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def files_of(saved: Path) -> dict[str, bytes]:
    return {f"small/{path.name}": path.read_bytes() for path in saved.iterdir()}


def without_weights(files: dict[str, bytes]) -> bytes:
    return pack({name: content for name, content in files.items() if "model" not in name})


def with_a_pickle(files: dict[str, bytes]) -> bytes:
    return pack(files | {"small/model.safetensors": b"\x80\x04pickle"})


def with_other_weights(files: dict[str, bytes]) -> bytes:
    return pack(files | {"small/config.json": files["small/config.json"].replace(b"16", b"24")})


def _with_weights(files: dict[str, bytes], change: Callable[[torch.Tensor], torch.Tensor]) -> bytes:
    weights = {name: change(tensor) for name, tensor in load_weights(files["small/model.safetensors"]).items()}
    return pack(files | {"small/model.safetensors": save(weights)})


def with_short_numbers(files: dict[str, bytes]) -> bytes:
    return _with_weights(files, lambda tensor: tensor.bfloat16())


def with_numbers_too_large(files: dict[str, bytes]) -> bytes:
    return _with_weights(files, lambda tensor: tensor.double() * 1e200)  # finite until a model has them


def with_a_film_in_colour(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(files["small/filmstrip.png"])).convert("RGB").save(buffer, "PNG")
    return pack(files | {"small/filmstrip.png": buffer.getvalue()})


def with_replicates_of_another_type(files: dict[str, bytes]) -> bytes:
    return pack(files | {"small/replicates.safetensors": save({"a": torch.ones(3).bfloat16()})})


def with_a_note_of_two_lines(files: dict[str, bytes]) -> bytes:
    return pack(files | {"small/note.txt": b"one\ntwo"})


def too_large(files: dict[str, bytes]) -> bytes:
    return pack(files | {"small/model.safetensors": bytes(256_000_001)})


def cut_short(files: dict[str, bytes]) -> bytes:
    return pack(files)[:-200]


def damaged(files: dict[str, bytes]) -> bytes:
    content = bytearray(pack(files))
    content[len(content) // 2 : len(content) // 2 + 50] = bytes(50)
    return bytes(content)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: b"no archive", "cannot be read"),
        (lambda _: pack({}), r"lacks config\.json, model\.safetensors, history\.csv"),
        (without_weights, r"lacks model\.safetensors"),
        (with_a_pickle, "is a pickle"),
        (with_other_weights, "has shape"),
        (too_large, "more than 4 MB"),
        (cut_short, "cannot be read"),
        (lambda files: pack(files, zipfile.ZIP_BZIP2), "a method that is not read here"),
        (lambda files: pack(files, zipfile.ZIP_LZMA), "a method that is not read here"),
        (with_short_numbers, "numbers of the type BF16"),
        (with_numbers_too_large, "not finite"),
        (with_a_film_in_colour, r"filmstrip\.png is damaged, or belongs to another run"),
        (with_replicates_of_another_type, r"replicates\.safetensors is damaged"),
        (with_a_note_of_two_lines, r"note\.txt is damaged"),
        (damaged, "."),
    ],
)
def test_a_bad_archive_is_refused_and_leaves_nothing(
    make: Callable[[dict[str, bytes]], bytes], message: str, saved: Path
) -> None:
    content = make(files_of(saved))
    with pytest.raises(CheckpointError, match=message):
        from_zip(content, "new")
    assert found_in(saved.parent) == ["small"]


def test_nothing_is_written_outside_the_folder(saved: Path) -> None:
    around = saved.parents[1]
    files = {f"../../{Path(name).name}": content for name, content in files_of(saved).items()}
    before = sorted(p for p in around.rglob("*"))
    assert from_zip(pack(files | {"../../evil.sh": b"rm"}), "new") == "new"
    after = sorted(p for p in around.rglob("*") if p not in before and ".vae" not in p.parts)
    assert {p.parent.name for p in after if p.is_file()} == {"new"}
    assert not list(around.rglob("evil.sh"))


def test_a_zip_of_a_run_that_is_being_saved_is_of_one_epoch(small: Dataset, folder: Path) -> None:
    config, ended = TrainConfig(epochs=60, hidden=(8,)), threading.Event()

    def save_all() -> None:
        list(record(train(config, small), "busy", config, small))
        ended.set()

    thread = threading.Thread(target=save_all)
    thread.start()
    packed: list[bytes] = []
    while not ended.is_set():
        with suppress(CheckpointError):  # there is no epoch yet
            packed.append(to_zip("busy"))
    thread.join()
    assert packed
    for content in packed[:: max(1, len(packed) // 10)]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            done = json.loads(archive.read("busy/config.json"))["run"]["epochs_done"]
            assert len(archive.read("busy/history.csv").splitlines()) == done + 1


@pytest.mark.parametrize(
    ("folder_inside", "file", "name"),
    [
        ("small/", "run.zip", "small"),
        ("backup/vae-2d-beta8-2/", "run (1).zip", "vae-2d-beta8-2"),
        ("", "my run (1).zip", "my-run"),
        ("", "vae-2d-2.ZIP", "vae-2d-2"),
        ("../", "(1).zip", "run"),
        ("a b/", "mine.zip", "mine"),
    ],
)
def test_a_run_keeps_the_name_that_it_has_in_its_archive(folder_inside: str, file: str, name: str, saved: Path) -> None:
    files = {f"{folder_inside}{path.name}": path.read_bytes() for path in saved.iterdir()}
    assert name_inside(pack(files), file) == name


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\5\6" + bytes(18)])
def test_what_is_no_archive_has_the_name_of_its_file(content: bytes) -> None:
    assert name_inside(content, "mine.zip") == "mine"


def test_a_copy_is_a_run_of_its_own_and_takes_no_name_that_is_there(saved: Path) -> None:
    copy("small", "other")
    one, other = load("small"), load("other")
    assert (one.config, one.metrics, one.stored.marks) == (other.config, other.metrics, other.stored.marks)
    with pytest.raises(CheckpointError, match="There is a run called 'other' already"):
        copy("small", "other")
    with pytest.raises(CheckpointError, match="There is no run called 'none'"):
        copy("none", "new")
    assert found_in(saved.parent) == ["other", "small"]
