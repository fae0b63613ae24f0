"""Cache arrays on disk that can be computed again; a damaged file reads as if there were none."""

import io
from contextlib import suppress
from pathlib import Path

import numpy as np

from vae.folders import ROOT, replace_file

FOLDER = ROOT / ".cache"


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """Read the arrays that `write_arrays` kept, by name; return None if there is no file or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays.items())
    except Exception:  # any error: how a damaged file fails depends on the damage
        return None


def write_arrays(path: Path, **arrays: np.ndarray | float) -> None:
    """Write arrays to a file, whole or not at all; a folder that cannot be written raises nothing."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for those of its own arguments
    with suppress(OSError), replace_file(path) as temporary:
        temporary.write_bytes(buffer.getvalue())
