"""Bootstrap replicates of a checkpoint's measurements: replicates.safetensors, beside metrics.json."""

import hashlib
import json
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from vae.folders import replace_file

REPLICATES = "replicates.safetensors"
MOST_NUMBERS = 2_000_000  # in one file
_OF = "quality"  # the entry of the file's header that says which measurement the replicates are of


class Replicates(NamedTuple):
    """The number of every bootstrap resample, by the name of what was measured, and what the resamples depend on."""

    arrays: dict[str, np.ndarray]  # each float32 (draws,)
    basis: dict[str, str]  # equal in two runs whose b-th resamples are of the same rows


def write_replicates(folder: Path, replicates: Replicates, quality: dict[str, Any]) -> None:
    """Write the replicates that came with `quality`, whole or not at all."""
    content = save(replicates.arrays, metadata=replicates.basis | {_OF: _digest(quality)})
    with replace_file(folder / REPLICATES) as temporary:
        temporary.write_bytes(content)


def read_replicates(folder: Path, quality: Any) -> Replicates | None:
    """Read the replicates that came with `quality`; return None if they are missing, damaged or of another one."""
    try:
        with safe_open(folder / REPLICATES, framework="numpy") as file:
            basis = dict(file.metadata() or {})
            if any(file.get_slice(name).get_dtype() != "F32" for name in file.keys()):  # noqa: SIM118
                return None
            if sum(prod(file.get_slice(name).get_shape()) for name in file.keys()) > MOST_NUMBERS:  # noqa: SIM118
                return None
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 — it is no dict
    except (OSError, SafetensorError, ValueError):
        return None
    if basis.pop(_OF, None) != _digest(quality):
        return None
    sound = all(array.ndim == 1 and array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.values())
    return Replicates(arrays, basis) if sound else None


def _digest(quality: Any) -> str:
    return hashlib.sha256(json.dumps(quality, sort_keys=True).encode()).hexdigest()
