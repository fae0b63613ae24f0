"""Arrays on disk that can be made again: written whole or not at all, read as nothing where they are damaged."""

import io
from contextlib import suppress
from pathlib import Path

import numpy as np

from vae.folders import ROOT, replace_file

FOLDER = ROOT / ".cache"


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """Arrays by name, kept by `write_arrays`; None where there are none or the file is damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays.items())
    except Exception:  # of any kind: a damaged archive fails wherever the damage is, and all of it can be made again
        return None


def write_arrays(path: Path, **arrays: np.ndarray | float) -> None:
    """Keep arrays; a folder that cannot be written costs the cache and nothing else."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its own argument's
    with suppress(OSError), replace_file(path) as temporary:
        temporary.write_bytes(buffer.getvalue())
