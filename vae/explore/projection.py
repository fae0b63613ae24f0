"""Codes of any size as points in the plane: directly, by PCA, or by t-SNE."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae.errors import VaeError
from vae.measure.latent_quality import TRUST_LEAST, trust

METHODS = ("direct", "pca", "t-sne")
FITTED = 10_000  # t-SNE is fitted to the first 10,000 codes; all others are placed on their map
# openTSNE's optimisation: its first phase exaggerates attraction, so that clusters can form.
EXAGGERATED, ITERATIONS = 125, 250
# Repulsion is interpolated on a grid 1.5 times as coarse as the default: half the time, the same trustworthiness.
GRID_STEP, GRID_LEAST = 1.5, 25
# New points on a finished map settle within 100 of transform()'s default 250 iterations; 5 is its default perplexity.
PLACING, PLACING_PERPLEXITY = 100, 5.0
SAME = 1e-15  # codes that lie no further apart are one point to t-SNE: squares of their distances are 0 in float32
REPORTED = 10  # iterations from one call of `on_iteration` to the next
# One core is left free, because OpenMP's threads spin while they wait for each other: two threads on two cores, one of
# which is busy with something else, take twice the time of a single thread.
THREADS = max(1, (os.cpu_count() or 1) - 1)
OnIteration = Callable[[int, float | None], bool | None]


class ProjectionError(VaeError):
    """Codes that are no points, or settings that do not fit them; the message is one sentence for the user."""


class ProjectionCancelled(Exception):  # noqa: N818 — it ends on request, which is no error
    """The end of a t-SNE that `on_iteration` has stopped."""


@dataclass(frozen=True)
class ProjectionSettings:
    """The way in which codes become points; `perplexity` and `seed` concern t-SNE alone."""

    method: str = "pca"
    perplexity: float = 30.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Projection:
    """Points in the plane, and how far they can be trusted.

    A PCA also has its centre and directions: its points are (codes − centre) · directionsᵀ.
    """

    points: np.ndarray  # float32 (N, 2)
    trustworthiness: float | None = None  # by `trust`, 0 to 1; None for `direct`, for few codes, and where not measured
    explained: float | None = None  # share of the codes' variance that PCA kept; 1 for codes without any
    centre: np.ndarray | None = None  # float32 (D,), the mean code
    directions: np.ndarray | None = None  # float32 (2, D), orthonormal; zero for a direction that the codes lack


def project(
    codes: np.ndarray,
    settings: ProjectionSettings,
    on_iteration: OnIteration | None = None,
    *,
    measured: bool = True,
) -> Projection:
    """Project codes float32 (N, D) to points (N, 2).

    t-SNE is openTSNE's with its PCA initialisation (van der Maaten & Hinton 2008; Kobak & Berens 2019). It is fitted to
    the first 10,000 codes, and the others are placed on their map as by `place`. PCA is scikit-learn's; a direction in
    which the codes do not differ, as all of those of a collapsed model, has the coordinate 0. `direct` takes
    codes of 2 dimensions as they are, and gives codes of 1 dimension a random height that means nothing.
    Trustworthiness is that of Venna & Kaski 2001: how far neighbours on the map are neighbours among the codes.

    Args:
        on_iteration: called by t-SNE once the nearest neighbours are found and then every 10 iterations, with the
            number of iterations and the KL divergence (None before the first); it returns True to stop the t-SNE.
        measured: whether to measure a PCA's trustworthiness, which takes far longer than the PCA.

    Raises:
        ProjectionError: for codes that are not finite, an unknown method, `direct` above 2 dimensions, or a t-SNE of
            codes that are all the same, or too few for it or for the perplexity.
        ProjectionCancelled: when `on_iteration` has returned True.
    """
    _check_method(settings)
    _check_codes(codes)
    if settings.method == "direct":
        return Projection(_direct(codes))
    if settings.method == "pca":
        return _pca(codes, measured)
    _check_tsne(codes[:FITTED], settings.perplexity)
    points = tsne(codes, settings, on_iteration)
    return Projection(points, trust(codes, points))


def iterations(count: int) -> int:
    """Return the number of iterations that a t-SNE of `count` codes takes."""
    return EXAGGERATED + ITERATIONS + (PLACING if count > FITTED else 0)


def recipe() -> tuple[float, ...]:
    """Return everything that decides a t-SNE beside codes and settings; a cached map is valid for one recipe."""
    return FITTED, EXAGGERATED, ITERATIONS, GRID_STEP, GRID_LEAST, PLACING, PLACING_PERPLEXITY


def place(new_codes: np.ndarray, codes: np.ndarray, projection: Projection, settings: ProjectionSettings) -> np.ndarray:
    """Place new codes (M, D) on the map that `project` made of `codes` (N, D): float32 (M, 2).

    On a t-SNE map each new code is attracted by its neighbours among the codes that the map was fitted to, which stay
    where they are, and no new code affects another (Poličar, Stražar & Zupan 2019). The result is deterministic.

    Raises:
        ProjectionError: for new codes that are not finite, an unknown method, or `direct` above 2 dimensions.
    """
    _check_method(settings)
    _check_codes(new_codes)
    if settings.method == "direct":
        return _direct(new_codes)
    if settings.method == "pca":
        assert projection.centre is not None
        assert projection.directions is not None
        return _along(new_codes, projection.centre, projection.directions)
    # Placing needs only the search index, which is the same for every perplexity; a small one is quick to compute.
    affinities = _affinities(codes[:FITTED], PLACING_PERPLEXITY)
    return _transform(new_codes, projection.points[:FITTED], affinities)


def bulk(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper corner (2,) of the box of points (N, 2) without the outermost 0.5 % on each side.

    These few points would otherwise decide how small all the others are drawn.
    """
    low, high = np.percentile(points, [0.5, 99.5], axis=0)
    return low, high


def _check_method(settings: ProjectionSettings) -> None:
    if settings.method not in METHODS:
        raise ProjectionError(f"There is no projection {settings.method!r}; choose one of {', '.join(METHODS)}.")


def _check_codes(codes: np.ndarray) -> None:
    if codes.ndim != 2 or not codes.size:
        raise ProjectionError(f"A map needs codes (N, D), at least one of at least one dimension, not {codes.shape}.")
    if not np.isfinite(codes).all():
        raise ProjectionError("Some codes are not finite numbers, and such a model has no map: train it again.")


def _check_tsne(codes: np.ndarray, perplexity: float) -> None:
    if not 1 <= perplexity < np.inf:
        raise ProjectionError(f"The perplexity must be at least 1, not {perplexity:g}.")
    least = max(3 * perplexity, TRUST_LEAST - 1)
    if len(codes) <= least:
        raise ProjectionError(
            f"A t-SNE with a perplexity of {perplexity:g} needs more than {least:g} points, not {len(codes)}."
        )
    if np.ptp(codes, axis=0).max() < SAME:
        raise ProjectionError("All codes are the same point, which t-SNE cannot spread out; PCA shows them.")


def _direct(codes: np.ndarray) -> np.ndarray:
    if codes.shape[1] > 2:
        raise ProjectionError(f"Codes of {codes.shape[1]} dimensions need PCA or t-SNE.")
    if codes.shape[1] == 2:
        return codes
    height = np.random.default_rng(0).normal(0, codes.std() / 4, len(codes))
    return np.column_stack([codes[:, 0], height]).astype(np.float32)


def _pca(codes: np.ndarray, measured: bool) -> Projection:
    centre, directions, explained = codes.mean(0, dtype=np.float64), np.zeros((2, codes.shape[1])), 1.0
    if (codes != codes[0]).any():
        # Imported here because it takes a second, and the first page, which shows codes as they are, does not need it.
        from sklearn.decomposition import PCA

        # float64: squares of the tiny differences of a collapsed model's codes may be 0 in float32.
        pca = PCA(min(2, *codes.shape), random_state=0).fit(codes.astype(np.float64))
        centre, explained = pca.mean_, float(pca.explained_variance_ratio_.sum())
        directions[: len(pca.components_)] = pca.components_
    centre, directions = centre.astype(np.float32), directions.astype(np.float32)
    points = _along(codes, centre, directions)
    return Projection(points, trust(codes, points) if measured else None, explained, centre, directions)


def _along(codes: np.ndarray, centre: np.ndarray, directions: np.ndarray) -> np.ndarray:
    return ((codes - centre) @ directions.T).astype(np.float32)


class _Progress:
    """Counts iterations over all phases and reports them; openTSNE itself starts its count again in each phase."""

    def __init__(self, on_iteration: OnIteration | None) -> None:
        self.on_iteration, self.iteration = on_iteration, 0
        self.kl_divergence: float | None = None

    def fitting(self, _: int, kl_divergence: float, __: np.ndarray) -> None:
        """Take the KL divergence of a fit and report 10 more iterations; openTSNE calls this every 10."""
        self.kl_divergence = float(kl_divergence)
        self.placing()

    def placing(self, *_: object) -> None:
        """Report 10 more iterations, with the KL divergence of the last fit."""
        self.report(self.iteration + REPORTED)

    def report(self, iteration: int) -> None:
        """Report that so many iterations are done; raise `ProjectionCancelled` if the listener returns True."""
        self.iteration = iteration
        if self.on_iteration is not None and self.on_iteration(iteration, self.kl_divergence):
            # Not `return True`, openTSNE's own way to stop: fit() would return the unfinished map as if finished.
            raise ProjectionCancelled


def tsne(codes: np.ndarray, settings: ProjectionSettings, on_iteration: OnIteration | None) -> np.ndarray:
    """Compute the t-SNE map (N, 2) of codes (N, D); codes beyond the first 10,000 are placed on the map of those.

    Raises:
        ProjectionCancelled: when `on_iteration` has returned True.
    """
    from openTSNE import TSNE

    progress, fitted = _Progress(on_iteration), codes[:FITTED]
    affinities = _affinities(fitted, settings.perplexity)
    progress.report(0)
    embedding = TSNE(
        initialization="pca" if fitted.shape[1] > 1 else "random",  # a line has no second direction to start from
        early_exaggeration_iter=EXAGGERATED,
        n_iter=ITERATIONS,
        random_state=settings.seed,
        n_jobs=THREADS,
        negative_gradient_method="fft",
        ints_in_interval=GRID_STEP,
        min_num_intervals=GRID_LEAST,
        callbacks=progress.fitting,
        callbacks_every_iters=REPORTED,
    )
    points = np.asarray(embedding.fit(fitted, affinities), dtype=np.float32)
    progress.report(EXAGGERATED + ITERATIONS)
    if len(codes) == len(fitted):
        return points
    return np.concatenate([points, _transform(codes[FITTED:], points, affinities, progress.placing)])


def _affinities(codes: np.ndarray, perplexity: float) -> Any:
    from openTSNE.affinity import PerplexityBasedNN

    # For up to FITTED codes, all distances take a sixth of the time of Annoy's approximation, openTSNE's own choice.
    return PerplexityBasedNN(codes, perplexity, "exact", knn_kwargs={"algorithm": "brute"}, n_jobs=THREADS)


def _transform(
    new_codes: np.ndarray, points: np.ndarray, affinities: Any, callback: Callable[..., None] | None = None
) -> np.ndarray:
    from openTSNE import TSNEEmbedding

    # Barnes-Hut: "fft" of openTSNE 1.0.4 sets the gains of the points inside the map to 0 where it means those outside,
    # so that many points stay where they start, at the median of their neighbours.
    embedding = TSNEEmbedding(
        points,
        affinities,
        negative_gradient_method="bh",
        n_jobs=THREADS,
        callbacks=callback,
        callbacks_every_iters=REPORTED,
    )
    placed = np.asarray(embedding.transform(new_codes, PLACING_PERPLEXITY, n_iter=PLACING))
    # transform() has moved its copy of the map to have the middle of its extent at the origin; this moves it back.
    return (placed + (points.max(0) + points.min(0)) / 2).astype(np.float32)
