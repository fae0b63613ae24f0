"""Folders and archives full of nonsense: they are sound or damaged, with a sentence, and nothing else comes out."""

import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.helpers.fuzzing import fuzzed
from tests.helpers.runs import found_in
from vae.measure.recorded import recorded_quality, recorded_replicates
from vae.storage.archive import FILES, from_zip, to_zip
from vae.storage.bin import discard
from vae.storage.checkpoints import Checkpoint, list_checkpoints, load, look
from vae.storage.film import read_filmstrip, read_latents
from vae.storage.metrics import add_metrics
from vae.storage.models import load_model
from vae.storage.names import CheckpointError
from vae.storage.notes import write_note
from vae.storage.replicates import Replicates

MEASURE = {"value": -1.0, "low": -2.0, "high": 0.0, "images": 10, "draws": 5, "unit": "nats", "higher_is_better": True}
QUALITY = {
    "likelihood": {"elbo": MEASURE},
    "latents": {"nmi": MEASURE},
    "samples": {"prior": {"frechet": MEASURE, "kernel": MEASURE}},
    "active_units": {"kl": [0.1, 0.2], "by_variance": 2, "by_kl": 2},
    "seed": 0,
}
HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**30, 10**400, -1, 0, 1e308, -1e308, 2**63, "", "x", "../x", "\0", "\ud800", "![a](b)"]),
    st.floats(),  # json writes NaN and Infinity, which are no JSON
    st.text(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


class Files(dict[str, bytes]):
    """The files of a run by name, which a report of a failure does not print."""

    def __repr__(self) -> str:
        return f"{len(self)} files"


@pytest.fixture
def sound(saved: Path) -> Files:
    """The files of a sound run that has all that a run can have."""
    replicates = Replicates({"likelihood/elbo": np.ones(3, np.float32)}, {"data": "f"})
    add_metrics(load("small").stored, {"elbo": -1.0, "test_reconstruction": 2.0, "quality": QUALITY}, replicates)
    write_note("small", "mine")
    files = Files({path.name: path.read_bytes() for path in saved.iterdir()})
    assert set(files) == set(FILES)
    shutil.rmtree(saved)
    return files


def spoilt_json(draw: st.DrawFn, content: bytes) -> bytes:
    """Put something hostile at a random place of a JSON file, or take something away."""
    whole: Any = json.loads(content)
    place = whole
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or draw(st.integers(0, 2)) == 0:
            break
        place = place[key]
    if draw(st.integers(0, 4)) == 0:
        del place[key]
    else:
        place[key] = draw(HOSTILE)
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def spoilt_bytes(draw: st.DrawFn, content: bytes) -> bytes:
    """Change, cut out or insert bytes at random places."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place, size = draw(st.integers(0, len(found))), draw(st.sampled_from([0, 1, 1, 4, 50, 100_000]))
        found[place : place + size] = draw(st.binary(max_size=8))
    return bytes(found)


def spoilt_lines(draw: st.DrawFn, content: bytes) -> bytes:
    """Change a cell of a CSV file, or drop or repeat a line or a column."""
    rows = [line.split(",") for line in content.decode().splitlines()]
    row = draw(st.integers(0, len(rows) - 1))
    column = draw(st.integers(0, len(rows[row]) - 1))
    kind = draw(st.sampled_from(["cell", "row", "column", "repeat"]))
    if kind == "cell":
        rows[row][column] = draw(st.sampled_from(["nan", "inf", "1e999", "", "x", '"', "0x1", "1_0", "\0", "５"]))
    elif kind == "row":
        del rows[row]
    elif kind == "column":
        rows = [[*cells[:column], *cells[column + 1 :]] for cells in rows]
    else:
        rows += [rows[row]] * draw(st.integers(1, 3))
    return "\n".join(",".join(cells) for cells in rows).encode()


@st.composite
def spoilt(draw: st.DrawFn, files: Files) -> Files:
    """A run's files, one or two of them spoilt."""
    found = Files(files)
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(sorted(found)))
        content = found[name]
        kind = draw(st.sampled_from(["bytes", "by kind", "by kind", "missing", "empty", "another file"]))
        try:
            if content and kind == "by kind" and name.endswith(".json"):
                content = spoilt_json(draw, content)
            elif content and kind == "by kind" and name.endswith(".csv"):
                content = spoilt_lines(draw, content)
            elif kind in ("bytes", "by kind"):
                content = spoilt_bytes(draw, content)
        except (ValueError, IndexError):  # it was spoilt before
            content = spoilt_bytes(draw, content)
        if kind == "missing":
            found.pop(name)
            continue
        found[name] = {"empty": b"", "another file": files[draw(st.sampled_from(sorted(files)))]}.get(kind, content)
    return found


def read_all(run: Checkpoint) -> None:
    """Read what pages read of a run; whatever it is, this raises nothing but the project's own error."""
    recorded_quality(run.metrics)
    recorded_replicates(run)
    read_filmstrip(run)
    read_latents(run)
    assert all(np.isfinite(run.metric(key) or 0.0) for key in run.metrics)
    assert len(run.history) > 0
    assert run.command
    try:
        load_model(run)
        event("a model")
    except CheckpointError as error:
        event("weights of another model")
        assert str(error)


@pytest.mark.fuzz
@fuzzed(few=300, many=4_000)
@given(data=st.data())
def test_a_folder_of_anything_is_sound_or_damaged(sound: Files, folder: Path, data: st.DataObject) -> None:
    path = folder / "spoilt"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for name, content in data.draw(spoilt(sound)).items():
        (path / name).write_bytes(content)
    found = look(path)
    event("sound" if isinstance(found, Checkpoint) else "damaged")
    if isinstance(found, Checkpoint):
        read_all(found)
    else:
        assert found.reason


@st.composite
def archives(draw: st.DrawFn, files: Files) -> bytes:
    """A zip archive of a spoilt run, by any method, and perhaps spoilt itself."""
    buffer, content = BytesIO(), draw(spoilt(files))
    methods = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    with zipfile.ZipFile(buffer, "w", draw(st.sampled_from(methods))) as archive:
        for name, each in (content if draw(st.booleans()) else files).items():
            prefix = draw(st.sampled_from(["small/", "", "../", "/", "a/b/", "C:\\"]))
            archive.writestr(prefix + name, each)
    packed = buffer.getvalue()
    for _ in range(draw(st.integers(0, 2))):
        packed = spoilt_bytes(draw, packed)
    return packed


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore:Duplicate name")
@fuzzed(few=300, many=4_000)
@given(data=st.data())
def test_an_archive_of_anything_is_taken_whole_or_refused_and_leaves_nothing(
    sound: Files, folder: Path, data: st.DataObject
) -> None:
    try:
        name = from_zip(data.draw(archives(sound)), "loaded")
    except CheckpointError as error:
        event("refused")
        assert str(error)
    else:
        event("taken")
        assert list_checkpoints()[1] == []
        read_all(load(name))
        load_model(load(name))
        to_zip(name)
        shutil.rmtree(discard(name).path.parent)
    assert found_in(folder) == []
