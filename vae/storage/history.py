"""history.csv: the losses and times of a run, a line per epoch, read without pandas, which takes long to import."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vae.storage.names import CheckpointError

HISTORY = "history.csv"
LARGEST = 8_000_000  # bytes: four times what 10,000 epochs take, the most that a run may have
MOST_COLUMNS = 100
NEEDED = (
    "epoch",
    *(f"{part}_{loss}" for part in ("train", "test") for loss in ("reconstruction", "kl", "cross_entropy", "total")),
)


def line(row: Mapping[str, float]) -> str:
    """Return an epoch's numbers as a line of history.csv."""
    return ",".join(f"{value:.6g}" for value in row.values()) + "\n"


def write_history(folder: Path, columns: Mapping[str, float], lines: list[str]) -> None:
    """Write the lines of all epochs so far, below a line with the names of their columns."""
    (folder / HISTORY).write_text(",".join(columns) + "\n" + "".join(lines), encoding="utf-8")


def read_history(path: Path) -> dict[str, np.ndarray]:
    """Read a history: float64 (epochs,) by the name of the column.

    Raises:
        CheckpointError: for a file that is missing, too large, or holds anything but finite numbers below the names of
            their columns, `NEEDED` among them.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise CheckpointError(
                f"{path.name} has more than {LARGEST // 1_000_000} MB, and no run has that many epochs."
            )
        names, _, text = path.read_text(encoding="utf-8").partition("\n")
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.name} is missing.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{path.name} cannot be read: {error}.") from error
    columns = [name.strip() for name in names.split(",")]
    if len(columns) > MOST_COLUMNS or len(set(columns)) < len(columns):
        raise CheckpointError(f"{path.name} has more than {MOST_COLUMNS} columns, or two of one name.")
    if missing := [name for name in NEEDED if name not in columns]:
        raise CheckpointError(f"{path.name} lacks the column {missing[0]!r}.")
    if not text.strip():
        raise CheckpointError(f"{path.name} has no epochs.")
    try:
        values = np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2, comments=None)
    except (ValueError, IndexError) as error:
        raise CheckpointError(f"{path.name} holds something that is not a number: {str(error)[:200]}.") from error
    if values.shape[1] != len(columns):
        raise CheckpointError(f"{path.name} has lines that are longer or shorter than the first.")
    if not np.isfinite(values).all() or np.abs(values).max() > 1e300:
        raise CheckpointError(f"{path.name} holds a number that is not finite.")
    return dict(zip(columns, values.T, strict=True))
