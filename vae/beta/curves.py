"""Curves of multi-rate VAEs, measured in the background one at a time, each once, and kept on disk."""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from torch import nn

from vae.beta.curve import BETAS, Curve
from vae.progress import Report
from vae.storage.cache import FOLDER, read_arrays, write_arrays
from vae.storage.weights import fingerprint

CACHE = FOLDER / "curves"
FILES = 100  # curves kept on disk, a few kilobytes each
UNKNOWN = "It ended for an unknown reason."
Measure = Callable[[Report], Curve]


@dataclass
class CurveTask:
    """A curve that waits for its turn, is being measured, or has ended."""

    progress: float = 0.0
    curve: Curve | None = None
    error: str = ""

    @property
    def running(self) -> bool:
        """Whether it has neither ended nor failed; it may still wait for its turn."""
        return self.curve is None and not self.error


def cache_path(model: nn.Module, data: str, folder: Path | None = None) -> Path:
    """Return the path at which the curve of exactly these weights is kept; `data` tells test images and likelihood."""
    digest = hashlib.sha256(repr((data, BETAS.tolist(), fingerprint(model.state_dict()))).encode())
    return (folder or CACHE) / f"{digest.hexdigest()[:32]}.npz"


@dataclass
class Curves:
    """The measurement of curves, shared by all sessions. Any thread may call it."""

    tasks: dict[Path, CurveTask] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turn: threading.Lock = field(default_factory=threading.Lock)  # held by the thread that measures

    def forget(self, path: Path) -> None:
        """Forget a task that has ended, so that the next request begins anew."""
        with self._lock:
            if path in self.tasks and not self.tasks[path].running:
                del self.tasks[path]

    def request(self, path: Path, measure: Measure) -> CurveTask:
        """Return the task of a curve: it has ended if the curve is on disk, and begins now if it is new.

        `measure` measures the curve and reports the fraction done; its error is kept as the task's.
        """
        with self._lock:
            if (task := self.tasks.get(path)) is not None:
                return task
            task = self.tasks[path] = CurveTask(curve=read_curve(path))
        if task.running:
            try:
                threading.Thread(target=self._work, args=(task, path, measure), daemon=True).start()
            except RuntimeError as error:  # the system has no thread left
                task.error = f"{str(error).capitalize()}."
        return task

    def _work(self, task: CurveTask, path: Path, measure: Measure) -> None:
        def report(done: float) -> None:
            task.progress = done

        with self._turn:
            try:
                curve = measure(report)
                write_curve(path, curve)
                task.curve = curve
            except Exception as error:
                task.error = str(error) or UNKNOWN


def read_curve(path: Path) -> Curve | None:
    """Read a curve that `write_curve` kept; return None if there is none or it is damaged."""
    arrays = read_arrays(path)
    try:
        curve = Curve(**arrays) if arrays else None
    except TypeError:
        return None
    if curve is None or curve.kl.shape[:1] != BETAS.shape or curve.reconstruction.shape != BETAS.shape:
        return None
    finite = all(np.isfinite(array).all() for array in vars(curve).values())
    return curve if finite and np.array_equal(curve.betas, BETAS) else None


def write_curve(path: Path, curve: Curve) -> None:
    """Keep a curve on disk, and the newest others; if the folder cannot be written, nothing is raised."""
    write_arrays(path, **vars(curve))
    with suppress(OSError):
        kept = sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime_ns)
        for file in kept[:-FILES]:
            file.unlink(missing_ok=True)
