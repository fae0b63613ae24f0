"""Variants of a checkpoint: runs that differ in what a test says, and in what was measured of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vae.storage.checkpoints import Checkpoint
from vae.storage.replicates import Replicates, write_replicates
from vae.storage.workspace import HIDDEN


def variant(
    run: Checkpoint, name: str, quality: dict[str, Any] | None = None, elbo: float = -100.0, **settings: Any
) -> Checkpoint:
    metrics = {"elbo": elbo} | ({"quality": quality} if quality else {})
    return replace(run, path=run.path.with_name(name), config=replace(run.config, **settings), metrics=metrics)


def found_in(folder: Path) -> list[str]:
    """Everything in a checkpoints' folder: its runs, and whatever a process has left in a workspace of its own."""
    left = [path for path in (folder / HIDDEN).glob("*/*/**/*") if path.is_file()]
    return sorted([path.name for path in folder.iterdir() if path.name != HIDDEN] + [str(path) for path in left])


def interval(value: float, width: float, *, higher: bool) -> dict[str, Any]:
    return {"value": value, "low": value - width, "high": value + width, "higher_is_better": higher}


def measured_run(
    run: Checkpoint, name: str, values: np.ndarray, *, draws: int = 200, basis: str = "one", **settings: Any
) -> Checkpoint:
    """A run whose ELBO and bound are the mean of `values`, one for each image, with the replicates that go with it."""
    random = np.random.default_rng(0)
    rows = [random.integers(len(values), size=len(values)) for _ in range(draws)]
    resampled = np.array([values[row].mean() for row in rows], np.float32)
    low, high = np.percentile(resampled, [2.5, 97.5])
    measure = {"value": float(values.mean()), "low": float(low), "high": float(high), "higher_is_better": True}
    measure |= {"images": len(values), "draws": draws}
    quality = {"likelihood": {"bound_50": measure, "elbo": measure}}
    found = variant(run, name, quality, elbo=float(values.mean()), **settings)
    arrays = {"likelihood/bound_50": resampled, "likelihood/elbo": resampled}
    write_replicates(found.path, Replicates(arrays, {"data": basis}), quality)
    return found
