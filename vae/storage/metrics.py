"""metrics.json: what was measured of a run, with the replicates beside it. It belongs to weights and not to a name."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from vae.storage.files import link_file, new_folder, read_json, write_json
from vae.storage.header import Stored, stored
from vae.storage.names import CheckpointError, checkpoint_path, checkpoint_paths
from vae.storage.replicates import REPLICATES, Replicates, write_replicates
from vae.storage.workspace import locked

METRICS = "metrics.json"
GROUPS = ("quality", "likelihood")  # whose numbers are in objects of their own, with their intervals
LISTS = ("asked_as_read_by_class",)


def read_metrics(folder: Path) -> dict[str, Any]:
    """Read the measurements in a checkpoint's folder; they are empty if there are none.

    Raises:
        CheckpointError: for anything but finite numbers, by name, and the groups of numbers in objects of their own.
    """
    if not (folder / METRICS).exists():
        return {}
    found = read_json(folder / METRICS)
    for key, value in found.items():
        if key in GROUPS or value is None:
            continue
        numbers = value if key in LISTS and isinstance(value, list) else [value]
        if not all(isinstance(number, int | float) for number in numbers):
            raise CheckpointError(f"{METRICS}: {key[:40]!r} must be a number, not {str(value)[:40]!r}.")
    return found


def add_metrics(measured: Stored, metrics: dict[str, Any], replicates: Replicates | None = None) -> str:
    """Add measurements to those of the weights that were measured, and return the name that their run has now.

    Measurements and replicates appear in one step, and only if the run still has these weights. A run that was renamed
    meanwhile is found again.

    Args:
        replicates: those of the `quality` among the measurements.

    Raises:
        CheckpointError: when no run has these weights any more, or the folder cannot be written.
    """
    with locked():
        path = _find(measured)
        with new_folder(path, replacing=measured) as folder:
            for file in path.iterdir():
                stays = file.name != METRICS and (file.name != REPLICATES or "quality" not in metrics)
                if file.is_file() and stays:
                    link_file(file, folder / file.name)
            with suppress(CheckpointError):  # what cannot be read is replaced
                metrics = read_metrics(path) | metrics
            write_json(folder / METRICS, metrics)
            if replicates is not None:
                write_replicates(folder, replicates, metrics["quality"])
    return path.name


def _find(measured: Stored) -> Path:
    for path in [checkpoint_path(measured.name), *checkpoint_paths()]:
        with suppress(OSError):
            if stored(path).marks == measured.marks:
                return path
    raise CheckpointError(
        f"{measured.name!r} was deleted or trained anew while it was measured, so that its numbers were not kept."
    )
