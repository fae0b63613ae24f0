"""Codes of any size as points in the plane: directly, by PCA, or by t-SNE."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae.errors import VaeError
from vae.measure.latent_quality import TRUST_LEAST, trust

METHODS = ("direct", "pca", "t-sne")
# More codes than these attract their nearest neighbours equally, as many as the perplexity says (Böhm, Berens & Kobak
# 2022). Gaussian affinities have three times as many, which took three times as long, to a map no more trustworthy.
SMALL = 10_000
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
SEARCHED = 5_000  # codes whose neighbours are looked for from one call of `on_iteration` to the next: a second's work
OnIteration = Callable[[int, float | None, np.ndarray], bool | None]


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

    t-SNE is openTSNE's with its PCA initialisation (van der Maaten & Hinton 2008; Kobak & Berens 2019), of all codes at
    once. PCA is scikit-learn's; a direction in which the codes do not differ, as all of those of a collapsed model, has
    the coordinate 0. `direct` takes codes of 2 dimensions as they are, and gives codes of 1 dimension a random height
    that means nothing.
    Trustworthiness is that of Venna & Kaski 2001: how far neighbours on the map are neighbours among the codes.

    Args:
        on_iteration: called by t-SNE at its beginning, then several times while it looks for the neighbours of more
            than 10,000 codes, and then every 10 iterations, with the number of iterations, the KL divergence (None
            before the first) and the points float32 (N, 2) as they are by then, which begin as the scaled-down PCA; it
            returns True to stop the t-SNE.
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
    _check_tsne(codes, settings.perplexity)
    points = tsne(codes, settings, on_iteration)
    return Projection(points, trust(codes, points))


def iterations() -> int:
    """Return the number of iterations that a t-SNE takes."""
    return EXAGGERATED + ITERATIONS


def recipe() -> tuple[float, ...]:
    """Return everything that decides a t-SNE beside codes and settings; a cached map is valid for one recipe."""
    return SMALL, EXAGGERATED, ITERATIONS, GRID_STEP, GRID_LEAST


def place(new_codes: np.ndarray, codes: np.ndarray, projection: Projection, settings: ProjectionSettings) -> np.ndarray:
    """Place new codes (M, D) on the map that `project` made of `codes` (N, D): float32 (M, 2).

    On a t-SNE map each new code is attracted by its neighbours among the first 10,000 codes, which stay where they are,
    and no new code affects another (Poličar, Stražar & Zupan 2019). The result is deterministic.

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
    affinities = _gaussian(codes[:SMALL], PLACING_PERPLEXITY)
    return _transform(new_codes, projection.points[:SMALL], affinities)


def bulk(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper corner (2,) of the box of points (N, 2) without the outermost 0.5 % on each side.

    These few points would otherwise decide how small all the others are drawn.
    """
    low, high = np.percentile(points, [0.5, 99.5], axis=0)
    return low, high


def square(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the centre (2,) and half the side of a square around points (N, 2).

    It holds the `bulk` of them with some room, and all of them, or all but a thousandth, where these lie near enough
    that the bulk is not drawn much smaller for them.
    """
    low, high = bulk(points)
    centre, half = (low + high) / 2, 0.56 * float((high - low).max())
    away = np.abs(points - centre).max(1)
    reaches = (1.04 * float(reach) for reach in (away.max(), np.percentile(away, 99.9)))
    wider = next((reach for reach in reaches if reach <= 1.35 * half), half)
    return centre, max(wider, half) or 1.0


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


def on_axes(codes: np.ndarray, other: Projection) -> Projection:
    """Project codes (N, D) along the axes of the PCA of other codes; `explained` and trustworthiness are of these."""
    assert other.centre is not None
    assert other.directions is not None
    points, spread = _along(codes, other.centre, other.directions), float(codes.var(0, dtype=np.float64).sum())
    explained = float(points.var(0, dtype=np.float64).sum()) / spread if spread else 1.0
    return Projection(points, trust(codes, points), explained, other.centre, other.directions)


def _along(codes: np.ndarray, centre: np.ndarray, directions: np.ndarray) -> np.ndarray:
    return ((codes - centre) @ directions.T).astype(np.float32)


class _Progress:
    """Counts iterations over both phases and reports them; openTSNE itself starts its count again in each phase."""

    def __init__(self, on_iteration: OnIteration | None) -> None:
        self.on_iteration, self.iteration = on_iteration, 0

    def more(self, _: int, kl_divergence: float, points: np.ndarray) -> None:
        """Report 10 more iterations; openTSNE calls this after every 10."""
        self.iteration += REPORTED
        self.report(float(kl_divergence), points)

    def report(self, kl_divergence: float | None, points: np.ndarray) -> None:
        """Report how far the t-SNE is; raise `ProjectionCancelled` if the listener returns True."""
        # A copy, since openTSNE moves these points on while the listener may still look at them.
        moved = np.array(points, dtype=np.float32)
        if self.on_iteration is not None and self.on_iteration(self.iteration, kl_divergence, moved):
            # Not `return True`, openTSNE's own way to stop: fit() would return the unfinished map as if finished.
            raise ProjectionCancelled


def tsne(codes: np.ndarray, settings: ProjectionSettings, on_iteration: OnIteration | None) -> np.ndarray:
    """Compute the t-SNE map (N, 2) of codes (N, D), of all of them at once.

    Raises:
        ProjectionCancelled: when `on_iteration` has returned True.
    """
    from openTSNE import TSNE, initialization

    # A line has no second direction to start from.
    begin = initialization.pca if codes.shape[1] > 1 else initialization.random
    progress, start = _Progress(on_iteration), begin(codes, random_state=settings.seed)
    progress.report(None, start)
    if len(codes) > SMALL:
        affinities = _uniform(codes, settings.perplexity, lambda: progress.report(None, start))
    else:
        affinities = _gaussian(codes, settings.perplexity)
    optimiser = TSNE(
        early_exaggeration_iter=EXAGGERATED,
        n_iter=ITERATIONS,
        random_state=settings.seed,
        n_jobs=THREADS,
        negative_gradient_method="fft",
        ints_in_interval=GRID_STEP,
        min_num_intervals=GRID_LEAST,
        callbacks=progress.more,
        callbacks_every_iters=REPORTED,
    )
    embedding = optimiser.fit(affinities=affinities, initialization=start)
    points = np.asarray(embedding, dtype=np.float32)
    if progress.iteration < EXAGGERATED + ITERATIONS:  # numbers that are no multiples of 10
        progress.iteration = EXAGGERATED + ITERATIONS
        progress.report(float(embedding.kl_divergence), points)
    return points


def _gaussian(codes: np.ndarray, perplexity: float) -> Any:
    from openTSNE.affinity import PerplexityBasedNN

    # For up to SMALL codes, all distances take a sixth of the time of Annoy's approximation, openTSNE's own choice.
    return PerplexityBasedNN(codes, perplexity, "exact", knn_kwargs={"algorithm": "brute"}, n_jobs=THREADS)


def _uniform(codes: np.ndarray, perplexity: float, on_searched: Callable[[], None]) -> Any:
    """Give each code the same affinity to its nearest neighbours, as many as the perplexity says, and make it mutual.

    The perplexity of k equal probabilities is k.
    """
    from openTSNE.affinity import PrecomputedAffinities
    from scipy.sparse import csr_matrix
    from sklearn.neighbors import NearestNeighbors

    search, found = NearestNeighbors(n_neighbors=round(perplexity) + 1, algorithm="brute").fit(codes), []
    for first in range(0, len(codes), SEARCHED):
        found.append(search.kneighbors(codes[first : first + SEARCHED], return_distance=False).astype(np.int32))
        on_searched()
    neighbours = np.concatenate(found)  # (N, k + 1), with each code itself unless others are the same
    others = neighbours != np.arange(len(codes), dtype=np.int32)[:, None]
    starts = np.concatenate([[0], others.sum(1).cumsum()])
    chosen = neighbours[others]
    directed = csr_matrix((np.ones(len(chosen)), chosen, starts), shape=(len(codes), len(codes)))
    return PrecomputedAffinities((directed + directed.T).tocsr())


def _transform(new_codes: np.ndarray, points: np.ndarray, affinities: Any) -> np.ndarray:
    from openTSNE import TSNEEmbedding

    # Barnes-Hut: "fft" of openTSNE 1.0.4 sets the gains of the points inside the map to 0 where it means those outside,
    # so that many points stay where they start, at the median of their neighbours.
    embedding = TSNEEmbedding(points, affinities, negative_gradient_method="bh", n_jobs=THREADS)
    placed = np.asarray(embedding.transform(new_codes, PLACING_PERPLEXITY, n_iter=PLACING))
    # transform() has moved its copy of the map to have the middle of its extent at the origin; this moves it back.
    return (placed + (points.max(0) + points.min(0)) / 2).astype(np.float32)
