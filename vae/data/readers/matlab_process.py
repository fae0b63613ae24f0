"""Read MATLAB files in a process of its own: the library that reads them may crash on a damaged one.

    python -m vae.data.readers.matlab_process FILE NAME OUT

writes the arrays of numbers of FILE, which is called NAME to the user, to OUT as .npz, or prints in a sentence why not.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from vae.data.readers.arrays import broken
from vae.data.readers.collection import ReaderError
from vae.data.readers.listing import shown
from vae.folders import ROOT

BEYOND_FILE = 10**9  # bytes that a file's arrays may take in memory beside the size of the file itself
CLASSES = {
    "double",
    "single",
    "logical",
    "char",
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
}
# MATLAB's widest number has eight bytes, and what follows the header is checked by its reader.
WIDTHS = {"single": 4, "int8": 1, "uint8": 1, "logical": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4}


def read(path: str, local: Path) -> dict[str, np.ndarray]:
    """Return the arrays of numbers of a MATLAB file by name.

    Args:
        path: its path for the user.
        local: where it is.

    Raises:
        ReaderError: when it is damaged or too large.
    """
    with tempfile.TemporaryDirectory(prefix="vae-matlab-") as folder, broken(path):
        out = Path(folder) / "arrays.npz"
        words = [sys.executable, "-m", __name__, str(local.resolve()), shown(path), str(out)]
        ended = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
        if ended.returncode:
            raise ReaderError(f"{shown(path)} is damaged; download or save it again.")
        if told := ended.stdout.decode("utf-8", "replace").strip():
            raise ReaderError(json.loads(told))
        with np.load(out, allow_pickle=False) as arrays:
            return {str(name): arrays[f"arr_{place}"] for place, name in enumerate(arrays["names"])}


def convert(path: str, local: Path, out: Path) -> None:
    """Write the arrays of numbers of a MATLAB file as .npz; errors are those of `read`."""
    import scipy.io  # 0.2 s that nobody else needs

    with broken(path):
        listed = scipy.io.whosmat(str(local))
        size = sum(int(np.prod(shape, dtype=float)) * WIDTHS.get(kind, 8) for _, shape, kind in listed)
        if size > local.stat().st_size + BEYOND_FILE:
            raise ReaderError(
                f"{path} takes {size / 1e9:,.1f} GB in memory, more than is read of such a file; save it with -v7.3."
            )
        names = [name for name, _, kind in listed if kind in CLASSES]
        read = scipy.io.loadmat(str(local), variable_names=names) if names else {}
        found = {name: read[name] for name in names if isinstance(read.get(name), np.ndarray)}
        np.savez(out, *found.values(), names=np.array(list(found), dtype=str))


if __name__ == "__main__":
    try:
        convert(sys.argv[2], Path(sys.argv[1]), Path(sys.argv[3]))
    except ReaderError as error:
        print(json.dumps(str(error)))
