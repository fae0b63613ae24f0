"""Small images with something in every corner, and IDX files of them."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np

CODES = {"uint8": 8, "int32": 12, "float32": 13}


def images(count: int, *shape: int, seed: int = 0) -> np.ndarray:
    """Random uint8 images (count, *shape)."""
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def smooth_colours(count: int, side: int) -> np.ndarray:
    """Images (count, side, side, 3) whose neighbouring pixels are alike, and whose channels are not."""
    ramp = np.linspace(0, 60, side)
    grey = ramp[:, None, None] + ramp[None, :, None] / 2
    return (grey + np.array([0, 60, 120])[None, None] + np.arange(count)[:, None, None, None]).astype(np.uint8)


def idx_bytes(values: np.ndarray) -> bytes:
    """The bytes of an IDX file."""
    code = CODES[values.dtype.name]
    sides = struct.pack(f">{values.ndim}I", *values.shape)
    return bytes([0, 0, code, values.ndim]) + sides + values.astype(values.dtype.newbyteorder(">")).tobytes()


def write_idx(path: Path, values: np.ndarray) -> None:
    """Write an IDX file, gzipped where its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = idx_bytes(values)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def save(path: Path, **arrays: Any) -> None:
    """Write a packed archive of arrays."""
    np.savez_compressed(path, **arrays)
