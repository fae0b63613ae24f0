"""Every reader of arrays and tables reads a changed file, refuses it in a sentence, or leaves it to others."""

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.io
from hypothesis import event, given
from hypothesis import strategies as st

from tests.helpers.array_files import idx_bytes, images
from tests.helpers.fuzzing import fuzzed
from tests.helpers.reading import keeps_to_its_word_or_refuses
from vae.data.readers import cifar_files, csv_files, hdf5_files, idx_files, mat_files, npy, npz, parquet_files

X, Y = images(20, 8, 8), np.arange(20) % 3
WORDS = [
    b"",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\0",
    b"(",
    b"9" * 20,
    b"-1",
    b"nan",
    b"1e999",
    b"O",
    b",",
]
MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.booleans(),  # whether the place is counted within the first 200 bytes, where headers are
        st.sampled_from(["set", "insert", "cut", "end"]),
        st.one_of(st.binary(max_size=8), st.sampled_from(WORDS)),
    ),
    max_size=3,
)


def written(write: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def parquet() -> bytes:
    picture = bytes.fromhex("89504e470d0a1a0a") + bytes(40)
    table = pa.table({"image": [{"bytes": picture, "path": "a.png"}] * 20, "label": Y, "place": ["here"] * 20})
    names = json.dumps({"info": {"features": {"label": {"names": ["a", "b", "c"]}}}})
    return written(lambda file: pq.write_table(table.replace_schema_metadata({"huggingface": names}), file))


def matlab(packed: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.mat"
        scipy.io.savemat(path, {"X": X, "y": Y}, do_compression=packed)
        return path.read_bytes()


def csv(header: bool, spaced: bool = False) -> bytes:
    names = "label,pixels" if spaced else "label," + ",".join(f"pixel{i}" for i in range(64))
    first = f"{names}\n" if header else ""
    between = " " if spaced else ","
    rows = [f"{label},{between.join(map(str, image.reshape(-1)))}" for label, image in zip(Y, X, strict=True)]
    return (first + "\n".join(rows) + "\n").encode()


def archive(content: bytes) -> bytes:
    """An archive of arrays of which one is a changed file, so that its check sum is right."""

    def write(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(zipfile.ZipInfo("x.npy"), content, zipfile.ZIP_DEFLATED)
            packed.writestr(zipfile.ZipInfo("y.npy"), written(lambda labels: np.save(labels, Y)))

    return written(write)


gzipped = partial(gzip.compress, mtime=0)
ARRAY = written(lambda file: np.save(file, X))
SAMPLES: list[tuple[ModuleType, bytes, Callable[[bytes], bytes]]] = [
    (npy, ARRAY, bytes),
    (npy, written(lambda file: np.save(file, np.asfortranarray(X))), bytes),
    (npz, ARRAY, archive),
    (npz, written(lambda file: np.save(file, np.asfortranarray(X.astype(float)))), archive),
    (npz, written(lambda file: np.savez_compressed(file, x=X, labels=np.array(["a", "b"] * 10))), bytes),
    (npz, written(lambda file: np.savez(file, x_train=X, y_train=Y, x_test=X, y_test=Y)), bytes),
    (idx_files, idx_bytes(X), bytes),
    (idx_files, idx_bytes(X), gzipped),
    (idx_files, gzipped(idx_bytes(X)), bytes),
    (csv_files, csv(header=True), bytes),
    (csv_files, csv(header=False), bytes),
    (csv_files, csv(header=True, spaced=True), bytes),
    (cifar_files, np.concatenate([Y[:, None], np.tile(X.reshape(20, -1), 48)], 1).astype(np.uint8).tobytes(), bytes),
    (parquet_files, parquet(), bytes),
    (mat_files, matlab(packed=False), bytes),
    (mat_files, matlab(packed=True), bytes),
]


def mutated(content: bytes, mutations: list[tuple[float, bool, str, bytes]]) -> bytes:
    """Change a file at places given as shares of its length, or of its beginning."""
    for place, early, kind, patch in mutations:
        at = int(place * (min(200, len(content)) if early else len(content)))
        if kind == "end":
            content = content[: max(at, len(content) // 2)]
        else:
            content = content[:at] + (b"" if kind == "cut" else patch) + content[at + (kind != "insert") * len(patch) :]
    return content


def become(reader: ModuleType, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own"
        path.write_bytes(content)
        event(f"{reader.__name__.rsplit('.', 1)[1]}: {keeps_to_its_word_or_refuses(reader, path)}")


NAMES = [f"{place} {reader.__name__}" for place, (reader, _, _) in enumerate(SAMPLES)]


@pytest.mark.parametrize(("reader", "content", "packed"), SAMPLES, ids=NAMES)
def test_the_samples_themselves_are_read(reader: ModuleType, content: bytes, packed, tmp_path) -> None:
    (tmp_path / "own").write_bytes(packed(content))
    assert keeps_to_its_word_or_refuses(reader, tmp_path / "own") == "read"


@pytest.mark.fuzz
@fuzzed(few=150, many=4_000)
@given(st.sampled_from(SAMPLES), MUTATIONS)
def test_a_file_that_was_changed_anywhere_is_read_or_refused(sample: tuple, mutations: list) -> None:
    reader, content, packed = sample
    become(reader, packed(mutated(content, mutations)))


@pytest.mark.fuzz
@fuzzed(few=100, many=2_000)
@given(
    st.sampled_from([npy, npz, idx_files, csv_files, parquet_files, mat_files, hdf5_files]),
    st.sampled_from([b"", b"\x93NUMPY\1\0", b"PK\3\4", b"\0\0\10\3", b"\x1f\x8b\10", b"PAR1", b"MATLAB 5.0 MAT-file"]),
    st.one_of(st.binary(max_size=300), st.text(alphabet="0123456789,;\t\n.-ax\"'", max_size=300).map(str.encode)),
)
def test_any_bytes_are_read_or_refused(reader: ModuleType, begin: bytes, rest: bytes) -> None:
    become(reader, begin + rest)


@pytest.mark.fuzz
@fuzzed(few=40, many=2_000)
@given(MUTATIONS)
def test_an_hdf5_file_that_was_changed_anywhere_is_read_or_refused(mutations: list) -> None:
    h5py = pytest.importorskip("h5py")
    file = io.BytesIO()
    with h5py.File(file, "w") as made:
        made.create_dataset("x", data=X, chunks=(5, 8, 8), compression="gzip")
        made["y"] = Y
        made["names"] = ["a", "b", "c"]
    become(hdf5_files, mutated(file.getvalue(), mutations))
