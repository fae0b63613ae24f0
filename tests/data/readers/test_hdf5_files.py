"""HDF5 files of any program, and MATLAB's from version 7.3 on."""

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.array_files import images
from tests.helpers.reading import collect, named_labels, pictures
from tests.helpers.source_files import FakeFiles
from vae.data.readers import hdf5_files
from vae.data.readers.collection import ReaderError
from vae.data.readers.files import Options

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def write(path: Path, arrays: dict[str, object], matlab: bool = False) -> None:
    """Write arrays as other programs do, or as MATLAB does: with its text in front and all axes in reverse."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w", userblock_size=512 if matlab else 0) as file:
        for name, values in arrays.items():
            file[name] = np.asarray(values).T if matlab else values
    if matlab:
        with path.open("r+b") as file:
            file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64")


def test_groups_and_names_tell_the_parts(tmp_path) -> None:
    train, test = images(9, 12, 11, 3), images(5, 12, 11, 3, seed=1)
    names = [b"no cat", b"cat"]
    for x, y in (("{}/data", "{}/target"), ("{}_set_x", "{}_set_y")):
        arrays: dict[str, object] = {x.format("train"): train, x.format("test"): test}
        arrays |= {y.format("train"): np.arange(9) % 2, y.format("test"): np.arange(5) % 2, "list_classes": names}
        write(tmp_path / "own.h5", arrays)
        found = collect(hdf5_files, tmp_path / "own.h5")
        assert found.split is not None
        assert found.split.tolist() == [0] * 9 + [2] * 5
        assert named_labels(found)[:3] == ["no cat", "cat", "no cat"]
        assert (pictures(found) == np.concatenate([train, test])).all()


def test_images_and_labels_in_files_of_their_own(tmp_path) -> None:
    for part in ("train", "valid", "test"):
        write(tmp_path / f"level_2_split_{part}_x.h5", {"x": images(4, 16, 16, 3)})
        write(tmp_path / f"level_2_split_{part}_y.h5", {"y": np.arange(4).reshape(4, 1, 1, 1) % 2})
    found = collect(hdf5_files, tmp_path)
    assert found.split is not None
    assert np.bincount(found.split).tolist() == [4, 4, 4]
    assert found.class_names == ("0", "1")


def test_matlab_has_its_axes_in_reverse(tmp_path) -> None:
    values = images(20, 32, 32, 3)
    labels = np.arange(20)[:, None] % 10 + 1
    write(tmp_path / "train_32x32.mat", {"X": values.transpose(1, 2, 3, 0), "y": labels.astype(float)}, matlab=True)
    found = collect(hdf5_files, tmp_path / "train_32x32.mat")
    assert named_labels(found)[:10] == [*"1234567890"]
    assert (pictures(found) == values).all()
    assert (pictures(found, [2, 7]) == values[[2, 7]]).all()
    for stored in (values[..., 0], values[..., 0].reshape(20, -1), values[..., 0].reshape(20, -1).T):
        write(tmp_path / "own.mat", {"data": stored, "labels": labels}, matlab=True)
        assert (pictures(collect(hdf5_files, tmp_path / "own.mat")) == values[..., 0]).all()


def test_what_lies_in_other_files_or_is_not_stored_is_not_read(tmp_path) -> None:
    h5py = pytest.importorskip("h5py")
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(6_400))
    write(tmp_path / "other.h5", {"images": images(5, 9, 9)})
    with h5py.File(tmp_path / "own.h5", "w") as file:
        file.create_dataset("x", (100, 64), "u1", external=[(str(secret), 0, 6_400)])
        file["images"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "images")
    with pytest.raises(ReaderError, match=r"own\.h5 holds no arrays of its own"):
        collect(hdf5_files, tmp_path / "own.h5")
    with h5py.File(tmp_path / "own.h5", "w") as file:
        file.create_dataset("x", (10**6, 28, 28), "u1", chunks=(100, 28, 28))
    with pytest.raises(ReaderError, match="promises 784 MB"):
        collect(hdf5_files, tmp_path / "own.h5")


def test_half_a_file_is_refused(tmp_path) -> None:
    write(tmp_path / "own.h5", {"images": images(50, 9, 9)})
    content = (tmp_path / "own.h5").read_bytes()
    (tmp_path / "own.h5").write_bytes(content[: len(content) // 2])
    with pytest.raises(ReaderError, match="damaged"):
        collect(hdf5_files, tmp_path / "own.h5")


def test_without_h5py_the_error_says_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "own.mat").write_bytes(b"MATLAB 7.3".ljust(512) + SIGNATURE)
    with pytest.raises(ReaderError, match=r"pip install -r requirements-images\.txt"):
        hdf5_files.recognised(FakeFiles(tmp_path), Options())
