"""t-SNE maps computed in the background, one at a time, with their progress, cancelling, and a bounded cache."""

import hashlib
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vae.explore.projection import Projection, ProjectionSettings, iterations, project, recipe
from vae.storage.cache import FOLDER, read_arrays, write_arrays

CACHE = FOLDER / "projections"
FILES = 100  # maps kept on disk, half a megabyte each at 60,000 points
# Maps that have ended and are kept in memory: the finished ones are on disk too, and a cancelled one has no points.
FINISHED, OTHERS = 8, 64
WAITING = 24  # maps that are being computed or wait for it; a pair with two more seeds has six
FULL = f"{WAITING} t-SNE maps are being computed or waited for, which is as many as wait here: look again in a minute."
WAITING_EACH = 8  # of these, for one who asks
FULL_EACH = f"{WAITING_EACH} of your t-SNE maps wait already: cancel one of them, or look again in a minute."
GONE = 30.0  # seconds after which whoever has not asked again waits no more
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
    """Keep a projection on disk, and the newest others; if the folder cannot be written, nothing is raised."""
    write_arrays(path, **{name: value for name, value in vars(projection).items() if value is not None})
    with suppress(OSError):
        kept = sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime_ns)
        for file in kept[:-FILES]:
            file.unlink(missing_ok=True)


@dataclass
class ProjectionTask:
    """A t-SNE that waits for its turn, is being computed, or has ended, and who asked for it.

    Whoever asks is known by a text, such as a session's.
    """

    total: int  # iterations that it takes
    iteration: int = 0
    kl_divergence: float | None = None
    points: np.ndarray | None = None  # float32 (N, 2), of the unfinished map
    result: Projection | None = None
    error: str = ""
    cancelled: bool = False  # by everybody who asked for it
    waiting: dict[str, float] = field(default_factory=dict)  # when those asked last who have not cancelled it
    lock: threading.Lock = field(default_factory=threading.Lock)  # held while the task is asked for, ended or cancelled
    left: set[str] = field(default_factory=set)  # who has cancelled it

    @property
    def running(self) -> bool:
        """Whether it has neither finished, failed nor been cancelled; it may still wait for its turn."""
        return self.result is None and not self.error and not self.cancelled

    def ask(self, who: str) -> None:
        """Note that somebody waits for the map, unless they have cancelled it."""
        with self.lock:
            if self.running and who not in self.left:
                self.waiting[who] = time.monotonic()

    def cancel(self, who: str) -> None:
        """End somebody's waiting; the last one's ends the t-SNE, within 10 iterations or before it begins.

        A task that has ended stays as it is.
        """
        with self.lock:
            if self.running:
                self.left.add(who)
                self.waiting.pop(who, None)
                self.cancelled = not self.waiting

    def end_if_left(self) -> None:
        """Cancel the map if nobody has asked for it for `GONE` seconds: pages ask twice a second while they wait."""
        with self.lock:
            now = time.monotonic()
            self.waiting = {who: asked for who, asked in self.waiting.items() if now - asked < GONE}
            self.cancelled = self.cancelled or (self.running and not self.waiting)

    def cancelled_by(self, who: str) -> bool:
        """Tell whether somebody has cancelled the map and it was not finished for others since."""
        return self.result is None and not self.error and (self.cancelled or who in self.left)


@dataclass
class Projector:
    """The computation of t-SNE maps in the background, one at a time and each once, shared by all sessions."""

    folder: Path | None = None
    tasks: dict[Path, ProjectionTask] = field(default_factory=dict)  # the one asked for last is the last
    _lock: threading.Lock = field(default_factory=threading.Lock)
    turn: threading.Lock = field(default_factory=threading.Lock)  # held by the thread that computes a map

    def request(self, codes: np.ndarray, settings: ProjectionSettings, who: str) -> ProjectionTask:
        """Return the task of a map: it is finished already if the map is in the cache, and begins now if it is new.

        To whoever cancelled it a cancelled task is returned as it is, until `restart`; for others it is begun again,
        and so is a failed one. Where too many maps wait, a new one fails with a sentence that says so.
        """
        path = cache_path(codes, settings, self.folder)
        with self._lock:
            task, new = self.tasks.get(path), False
            if task is None or task.error or (task.cancelled and who not in task.left):
                left = task.left if task is not None else set()
                task = ProjectionTask(iterations(), result=read_cached(path, len(codes)), left=left)
                new = task.running
                if new and (problem := self._problem(who)):
                    task.error = problem
                    return task
            self.tasks.pop(path, None)
            self.tasks[path] = task
            task.ask(who)
            self._forget()
            if new:
                self._begin(task, path, codes, settings)
            return task

    def _problem(self, who: str) -> str:
        """Say why one more map has to wait until others are done; "" if there is room for it."""
        running = [task for task in self.tasks.values() if task.running]
        if len(running) >= WAITING:
            return FULL
        return FULL_EACH if sum(who in task.waiting for task in running) >= WAITING_EACH else ""

    def _forget(self) -> None:
        """Forget the maps that ended and were asked for longest ago."""
        finished = [path for path, task in self.tasks.items() if task.result is not None]
        others = [path for path, task in self.tasks.items() if task.result is None and not task.running]
        for path in finished[:-FINISHED] + others[:-OTHERS]:
            del self.tasks[path]

    def _begin(self, task: ProjectionTask, *arguments: Any) -> None:
        try:
            threading.Thread(target=self._compute, args=(task, *arguments), daemon=True).start()
        except RuntimeError as error:  # the system has no thread left
            task.error = str(error)

    def restart(self, codes: np.ndarray, settings: ProjectionSettings, who: str) -> ProjectionTask:
        """Return the task of a map for somebody who may have cancelled it and waits for it again."""
        with self._lock:
            task = self.tasks.get(cache_path(codes, settings, self.folder))
            if task is not None:
                with task.lock:
                    task.left.discard(who)
        return self.request(codes, settings, who)

    def _compute(self, task: ProjectionTask, path: Path, codes: np.ndarray, settings: ProjectionSettings) -> None:
        def on_iteration(iteration: int, kl_divergence: float | None, points: np.ndarray) -> bool:
            task.iteration, task.kl_divergence, task.points = iteration, kl_divergence, points
            task.end_if_left()
            return task.cancelled

        with self.turn:
            task.end_if_left()
            if task.cancelled:
                return
            result, error = None, UNKNOWN
            try:
                result, error = project(codes, settings, on_iteration), ""
            except Exception as problem:
                error = str(problem) or type(problem).__name__
            finally:  # whoever waits for the map is told, whatever has happened
                task.points = None
                with task.lock:
                    if not task.cancelled:
                        task.result, task.error = result, error
                        if result is not None:
                            write_cached(path, result)
