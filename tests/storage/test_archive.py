"""Checkpoints renamed, discarded and recovered, packed and unpacked; bad archives are refused and leave nothing."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.runs import found_in
from vae.storage.archive import from_zip, to_zip
from vae.storage.checkpoints import load
from vae.storage.metrics import add_metrics
from vae.storage.models import load_model
from vae.storage.names import CheckpointError
from vae.storage.replicates import REPLICATES, Replicates


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


def pack(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
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
