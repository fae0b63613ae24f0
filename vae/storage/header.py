"""The weights file of a run without its numbers: its header, and how weights are found again. Nothing imports torch."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError, safe_open

from vae.storage.names import CheckpointError

WEIGHTS = "model.safetensors"
MOST_TENSORS = 1_000
ENOUGH = 65_536  # bytes at the end of a file: no two runs have so many weights in common
TYPES = ("F16", "F32", "F64")  # of the tensors that a model of ours may have

Shapes = dict[str, tuple[int, ...]]


class Stored(NamedTuple):
    """Weights on disk: the name of their run when they were seen, and marks by which they are found again.

    The marks are the size and the end of the file: they stay when the run is renamed, measured or copied, on any file
    system, and change when it is trained anew.
    """

    name: str
    marks: tuple[int, str]


def stored(folder: Path) -> Stored:
    """Return which weights are in a checkpoint's folder now; all folders without any have the same marks.

    Raises:
        OSError: when there is no such folder.
    """
    try:
        with (folder / WEIGHTS).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - ENOUGH))
            return Stored(folder.name, (size, hashlib.sha256(file.read()).hexdigest()))
    except (FileNotFoundError, IsADirectoryError):
        folder.stat()
        return Stored(folder.name, (0, ""))


def read_header(path: Path) -> Shapes:
    """Read the shapes of the tensors in a weights file, by name, without reading their values.

    Raises:
        CheckpointError: for a file that is missing, cut short, or a pickle under another name, or tensors that no model
            of this project has.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 — it is no dict
            shapes = {name: tuple(each.get_shape()) for name, each in slices.items()}
            types = {each.get_dtype() for each in slices.values()}
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.name} is missing.") from error
    except (SafetensorError, OSError, ValueError) as error:
        if _is_pickle(path):
            raise CheckpointError(
                f"{path.name} is a pickle (a file of torch.save), which can run code and is never opened here; "
                "save the weights with safetensors.torch.save_file."
            ) from error
        raise CheckpointError(f"{path.name} is damaged or cut short ({error}).") from error
    if unknown := sorted(types - set(TYPES)):
        raise CheckpointError(f"{path.name} has numbers of the type {unknown[0]}, which no model here has.")
    if len(shapes) > MOST_TENSORS or any(len(shape) > 8 for shape in shapes.values()):
        raise CheckpointError(f"{path.name} has more tensors, or axes, than any model here.")
    return shapes


def _is_pickle(path: Path) -> bool:
    """Tell whether a file begins like those of torch.save: a zip archive or, before PyTorch 1.6, a bare pickle."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError:
        return False
    return start == b"PK" or (start[:1] == b"\x80" and b"\x02" <= start[1:] <= b"\x05")
