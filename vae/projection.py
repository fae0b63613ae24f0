"""Codes of any size as points in the plane: directly, by PCA, or by t-SNE, which is cached on disk."""

import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vae.data import ROOT

CACHE = ROOT / ".cache" / "projections"
METHODS = ("direct", "pca", "t-sne")
# openTSNE's optimisation: the first phase exaggerates attraction so that clusters find each other.
EXAGGERATED, ITERATIONS = 125, 250
TRUST_NEIGHBOURS, TRUST_POINTS = 12, 2_000


class ProjectionError(Exception):
    """Settings that do not fit the codes; the message is one sentence for the user."""


@dataclass(frozen=True)
class ProjectionSettings:
    """How codes become points; `perplexity` and `seed` concern t-SNE alone."""

    method: str = "pca"
    perplexity: float = 30.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Projection:
    """Points in the plane and how far to believe them."""

    points: np.ndarray  # float32 (N, 2)
    trustworthiness: float | None  # of the first 2,000 points at 12 neighbours, 0 to 1; None where nothing was lost
    explained: float | None = None  # share of the codes' variance that PCA kept


def project(
    codes: np.ndarray, settings: ProjectionSettings, on_iteration: Callable[[int, float], None] | None = None
) -> Projection:
    """Codes float32 (N, D) → points (N, 2).

    t-SNE is openTSNE's with its PCA initialisation (van der Maaten & Hinton 2008; Kobak & Berens 2019), PCA is
    scikit-learn's; `direct` takes codes of 2 dimensions as they are, and spreads those of 1 at random upwards.
    Trustworthiness is that of Venna & Kaski 2001: how far neighbours on the map are neighbours among the codes.

    Args:
        on_iteration: called by t-SNE every 10 iterations with their number and the KL divergence.

    Raises:
        ProjectionError: for an unknown method, `direct` above 2 dimensions, or too few codes for the perplexity.
    """
    if settings.method not in METHODS:
        raise ProjectionError(f"There is no projection {settings.method!r}; choose one of {', '.join(METHODS)}.")
    if settings.method == "direct":
        return Projection(_direct(codes), None)
    if settings.method == "pca":
        # Imported where it is used: a second that the first page, whose codes are shown as they are, need not wait.
        from sklearn.decomposition import PCA

        pca = PCA(2, random_state=0).fit(codes)
        points = pca.transform(codes)
        return Projection(points.astype(np.float32), trust(codes, points), float(pca.explained_variance_ratio_.sum()))
    if len(codes) <= 3 * settings.perplexity:
        raise ProjectionError(
            f"A perplexity of {settings.perplexity:g} needs more than {3 * settings.perplexity:g} points."
        )
    points = _tsne(codes, settings, on_iteration)
    return Projection(points, trust(codes, points))


def _direct(codes: np.ndarray) -> np.ndarray:
    if codes.shape[1] > 2:
        raise ProjectionError(f"Codes of {codes.shape[1]} dimensions need PCA or t-SNE.")
    if codes.shape[1] == 2:
        return codes
    height = np.random.default_rng(0).normal(0, codes.std() / 4, len(codes))
    return np.column_stack([codes[:, 0], height]).astype(np.float32)


def _tsne(
    codes: np.ndarray, settings: ProjectionSettings, on_iteration: Callable[[int, float], None] | None
) -> np.ndarray:
    from openTSNE import TSNE

    done = {"iterations": 0}

    def callback(_: int, error: float, __: np.ndarray) -> None:
        # openTSNE counts each of its two phases from the start.
        done["iterations"] += 10
        if on_iteration is not None:
            on_iteration(done["iterations"], float(error))

    tsne = TSNE(
        perplexity=settings.perplexity,
        early_exaggeration_iter=EXAGGERATED,
        n_iter=ITERATIONS,
        random_state=settings.seed,
        n_jobs=os.cpu_count() or 1,
        negative_gradient_method="fft",
        callbacks=callback,
        callbacks_every_iters=10,
    )
    return np.asarray(tsne.fit(codes), dtype=np.float32)


def trust(codes: np.ndarray, points: np.ndarray) -> float:
    """Trustworthiness of a map's first 2,000 points at 12 neighbours, 0 to 1 (Venna & Kaski 2001)."""
    from sklearn.manifold import trustworthiness

    return float(trustworthiness(codes[:TRUST_POINTS], points[:TRUST_POINTS], n_neighbors=TRUST_NEIGHBOURS))


def cache_path(codes: np.ndarray, settings: ProjectionSettings, folder: Path | None = None) -> Path:
    """Where the projection of these very codes with these settings is kept."""
    digest = hashlib.sha256(np.ascontiguousarray(codes).data)
    digest.update(repr((codes.shape, settings, EXAGGERATED, ITERATIONS)).encode())
    return (folder or CACHE) / f"{digest.hexdigest()[:32]}.npz"


def read_cached(path: Path) -> Projection | None:
    """A projection kept by `write_cached`; None where there is none or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Projection(arrays["points"], float(arrays["trustworthiness"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def write_cached(path: Path, projection: Projection) -> None:
    """Keep a projection; a folder that cannot be written costs the cache and nothing else."""
    buffer = io.BytesIO()
    np.savez(buffer, points=projection.points, trustworthiness=np.float64(projection.trustworthiness or 0))
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(buffer.getvalue())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)


@dataclass
class ProjectionTask:
    """A t-SNE that is being computed, or was."""

    total: int = EXAGGERATED + ITERATIONS
    iteration: int = 0
    kl_divergence: float | None = None
    result: Projection | None = None
    error: str = ""

    @property
    def running(self) -> bool:
        return self.result is None and not self.error


@dataclass
class Projector:
    """Computes t-SNE maps one at a time in the background, each once; shared by all of the app's sessions."""

    folder: Path | None = None
    tasks: dict[Path, ProjectionTask] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def request(self, codes: np.ndarray, settings: ProjectionSettings) -> ProjectionTask:
        """The task of this map: finished at once when it is in the cache, begun now when it is new."""
        path = cache_path(codes, settings, self.folder)
        with self._lock:
            task = self.tasks.get(path)
            if task is None or task.error:
                task = self.tasks[path] = ProjectionTask(result=read_cached(path))
                if task.running:
                    threading.Thread(target=self._compute, args=(task, path, codes, settings), daemon=True).start()
            return task

    def _compute(self, task: ProjectionTask, path: Path, codes: np.ndarray, settings: ProjectionSettings) -> None:
        def on_iteration(iteration: int, kl_divergence: float) -> None:
            task.iteration, task.kl_divergence = iteration, kl_divergence

        try:
            with self._turn:
                result = project(codes, settings, on_iteration)
                write_cached(path, result)
                task.result = result
        except Exception as error:
            task.error = str(error) or type(error).__name__
