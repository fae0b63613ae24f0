"""t-SNE maps computed in the background, one at a time, with their progress, cancelling, and a cache on disk."""

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vae.explore.projection import Projection, ProjectionSettings, iterations, project, recipe
from vae.storage.cache import FOLDER, read_arrays, write_arrays

CACHE = FOLDER / "projections"
UNKNOWN = "It ended for an unknown reason."


def cache_path(codes: np.ndarray, settings: ProjectionSettings, folder: Path | None = None) -> Path:
    """Return the path at which the projection of exactly these codes with these settings is kept."""
    digest = hashlib.sha256(np.ascontiguousarray(codes).data)
    digest.update(repr((codes.shape, settings, recipe())).encode())
    return (folder or CACHE) / f"{digest.hexdigest()[:32]}.npz"


def read_cached(path: Path, count: int) -> Projection | None:
    """Read a projection of `count` points that `write_cached` kept; return None if there is none or it is damaged."""
    arrays = read_arrays(path)
    if arrays is None:
        return None
    kept: dict[str, Any] = {name: array if array.ndim else float(array) for name, array in arrays.items()}
    try:
        projection = Projection(**kept)
        return projection if projection.points.shape == (count, 2) else None
    except (TypeError, ValueError):
        return None


def write_cached(path: Path, projection: Projection) -> None:
    """Keep a projection on disk; if the folder cannot be written, nothing is kept and nothing is raised."""
    write_arrays(path, **{name: value for name, value in vars(projection).items() if value is not None})


@dataclass
class ProjectionTask:
    """A t-SNE that waits for its turn, is being computed, or has ended."""

    total: int  # iterations that it takes
    iteration: int = 0
    kl_divergence: float | None = None
    result: Projection | None = None
    error: str = ""
    cancelled: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)  # held while the task is finished or cancelled

    @property
    def running(self) -> bool:
        """Whether it has neither finished, failed nor been cancelled; it may still wait for its turn."""
        return self.result is None and not self.error and not self.cancelled

    def cancel(self) -> None:
        """Stop the t-SNE within 10 iterations, or before it begins; a task that has ended stays as it is."""
        with self.lock:
            self.cancelled = self.cancelled or self.running


@dataclass
class Projector:
    """The computation of t-SNE maps in the background, one at a time and each once, shared by all sessions."""

    folder: Path | None = None
    tasks: dict[Path, ProjectionTask] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    turn: threading.Lock = field(default_factory=threading.Lock)  # held by the thread that computes a map

    def request(self, codes: np.ndarray, settings: ProjectionSettings) -> ProjectionTask:
        """Return the task of a map: it is finished already if the map is in the cache, and begins now if it is new.

        A cancelled task is returned as it is, until `restart`; a failed one is begun again.
        """
        path = cache_path(codes, settings, self.folder)
        with self._lock:
            task = self.tasks.get(path)
            if task is None or task.error:
                task = self.tasks[path] = ProjectionTask(iterations(len(codes)), result=read_cached(path, len(codes)))
                if task.running:
                    self._begin(task, path, codes, settings)
            return task

    def _begin(self, task: ProjectionTask, *arguments: Any) -> None:
        try:
            threading.Thread(target=self._compute, args=(task, *arguments), daemon=True).start()
        except RuntimeError as error:  # the system has no thread left
            task.error = str(error)

    def restart(self, codes: np.ndarray, settings: ProjectionSettings) -> ProjectionTask:
        """Return the task of a map, begun again if it was cancelled."""
        path = cache_path(codes, settings, self.folder)
        with self._lock:
            if path in self.tasks and self.tasks[path].cancelled:
                del self.tasks[path]
        return self.request(codes, settings)

    def _compute(self, task: ProjectionTask, path: Path, codes: np.ndarray, settings: ProjectionSettings) -> None:
        def on_iteration(iteration: int, kl_divergence: float | None) -> bool:
            task.iteration, task.kl_divergence = iteration, kl_divergence
            return task.cancelled

        with self.turn:
            if task.cancelled:
                return
            result, error = None, UNKNOWN
            try:
                result, error = project(codes, settings, on_iteration), ""
            except Exception as problem:
                error = str(problem) or type(problem).__name__
            finally:  # whoever waits for the map is told, whatever has happened
                with task.lock:
                    if not task.cancelled:
                        task.result, task.error = result, error
                        if result is not None:
                            write_cached(path, result)
