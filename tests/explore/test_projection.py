"""Maps: what PCA and t-SNE keep, placing and aligning, progress and stopping."""

import itertools
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import event, given
from sklearn.neighbors import KNeighborsClassifier

from tests.helpers.codes import TSNE, clusters
from tests.helpers.fuzzing import fuzzed
from vae.explore.alignment import align
from vae.explore.projection import (
    ProjectionCancelled,
    ProjectionError,
    ProjectionSettings,
    iterations,
    place,
    project,
    square,
)
from vae.measure.latent_quality import trust


def test_two_dimensions_are_shown_as_they_are_and_one_is_spread_upwards() -> None:
    codes, _ = clusters(dimensions=2)
    np.testing.assert_array_equal(project(codes, ProjectionSettings("direct")).points, codes)
    line = project(codes[:, :1], ProjectionSettings("direct")).points
    np.testing.assert_array_equal(line[:, 0], codes[:, 0])
    with pytest.raises(ProjectionError, match="10 dimensions need PCA or t-SNE"):
        project(clusters()[0], ProjectionSettings("direct"))


def test_pca_of_a_plane_loses_nothing() -> None:
    plane = np.random.default_rng(0).normal(size=(200, 2)) @ np.random.default_rng(1).normal(size=(2, 6))
    found = project(plane.astype(np.float32), ProjectionSettings("pca"))
    assert found.explained == pytest.approx(1.0, abs=1e-5)
    assert found.trustworthiness == pytest.approx(1.0, abs=1e-3)


def test_a_pca_says_how_its_points_come_from_the_codes() -> None:
    codes, _ = clusters()
    found = project(codes, ProjectionSettings("pca"))
    assert found.centre is not None
    assert found.directions is not None
    assert {array.dtype for array in (found.points, found.centre, found.directions)} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(found.points, (codes - found.centre) @ found.directions.T)
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-5)


def test_tsne_keeps_clusters_together_and_reports_progress() -> None:
    codes, labels = clusters()
    seen: list[tuple[int, float | None]] = []
    moved: list[np.ndarray] = []

    def watch(iteration: int, kl_divergence: float | None, points: np.ndarray) -> None:
        seen.append((iteration, kl_divergence))
        moved.append(points)

    found = project(codes, TSNE, watch)
    assert found.trustworthiness is not None
    assert found.trustworthiness > 0.9
    centres = np.stack([found.points[labels == label].mean(0) for label in range(3)])
    nearest = np.linalg.norm(found.points[:, None] - centres, axis=2).argmin(1)
    assert (nearest == labels).mean() > 0.99
    assert [i for i, _ in seen] == sorted({i for i, _ in seen})
    assert seen[0] == (0, None)
    assert seen[-1][0] == iterations()
    assert all(error is not None and np.isfinite(error) for _, error in seen[1:])
    # The map that is seen first is the PCA, the last one is the result, and none has moved since it was handed over.
    pca = project(codes, ProjectionSettings("pca")).points
    assert abs(np.corrcoef(moved[0][:, 0], pca[:, 0])[0, 1]) > 0.99
    np.testing.assert_array_equal(moved[-1], found.points)
    assert all(np.abs(one - other).max() > 0 for one, other in itertools.pairwise(moved))


@pytest.mark.usefixtures("brief")
def test_a_seed_repeats_a_map_and_another_changes_it() -> None:
    codes, _ = clusters()
    first, again, other = (project(codes, replace(TSNE, seed=seed)).points for seed in (1, 1, 2))
    np.testing.assert_allclose(first, again, atol=1e-3)
    assert np.abs(first - align(other, first)).max() > 0.1


def test_a_map_of_noise_is_less_trustworthy_than_the_codes_themselves() -> None:
    codes, _ = clusters(dimensions=2)
    assert trust(codes, codes) == pytest.approx(1.0)
    noise = trust(codes, np.random.default_rng(3).normal(size=codes.shape))
    assert noise is not None
    assert noise < 0.7


def test_identical_codes_are_one_point_of_a_pca_and_no_tsne() -> None:
    alike = np.full((300, 5), 0.25, np.float32)
    found = project(alike, ProjectionSettings("pca"))
    np.testing.assert_array_equal(found.points, np.zeros((300, 2)))
    assert found.explained == 1
    np.testing.assert_array_equal(place(alike[:3] + 1, alike, found, ProjectionSettings("pca")), np.zeros((3, 2)))
    with pytest.raises(ProjectionError, match="All codes are the same point"):
        project(alike, TSNE)


def test_the_pca_of_codes_of_one_dimension_is_their_line() -> None:
    line = np.random.default_rng(0).normal(size=(50, 1)).astype(np.float32)
    found = project(line, ProjectionSettings("pca"))
    np.testing.assert_allclose(np.abs(found.points[:, 0]), np.abs(line[:, 0] - line.mean()), atol=1e-6)
    np.testing.assert_array_equal(found.points[:, 1], 0)
    assert (found.explained, found.trustworthiness) == (pytest.approx(1), 1)


@pytest.mark.usefixtures("brief")
def test_a_tsne_takes_codes_of_one_dimension() -> None:
    codes, _ = clusters()
    points = project(codes[:, :1], TSNE).points
    assert points.shape == (300, 2)
    assert np.isfinite(points).all()


@pytest.mark.parametrize("method", ["direct", "pca", "t-sne"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_codes_that_are_not_finite_have_no_map(method: str, value: float) -> None:
    codes, _ = clusters(dimensions=2)
    codes[7, 1] = value
    with pytest.raises(ProjectionError, match="not finite numbers"):
        project(codes, ProjectionSettings(method))


@pytest.mark.fuzz
@pytest.mark.usefixtures("brief")
@fuzzed(few=60, many=500)
@given(
    method=st.sampled_from(["direct", "pca", "pca", "t-sne"]),
    perplexity=st.floats(-1, 30),
    count=st.integers(0, 90),
    dimensions=st.integers(0, 4),
    distinct=st.integers(1, 90),
    scale=st.sampled_from([0.0, 1e-30, 1e-6, 1.0, 1e6, 1e15]),
)
def test_any_codes_are_mapped_or_refused(
    method: str, perplexity: float, count: int, dimensions: int, distinct: int, scale: float
) -> None:
    drawn = np.random.default_rng(count).normal(scale=scale, size=(distinct, dimensions)).astype(np.float32)
    codes = drawn[np.arange(count) % distinct]
    settings = ProjectionSettings(method, perplexity)
    try:
        found = project(codes, settings)
        placed = place(codes[:2], codes, found, settings)
    except ProjectionError as error:
        assert ". " not in str(error)
        event(f"refused: {method}")
        return
    assert found.points.shape == (count, 2)
    assert np.isfinite(found.points).all()
    assert placed.shape == (min(2, count), 2)
    assert found.explained is None or 0 <= found.explained <= 1.001
    event(f"accepted: {method}")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (ProjectionSettings("umap"), "no projection 'umap'"),
        (ProjectionSettings("t-sne", perplexity=100.0), "perplexity of 100 needs more than 300 points"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: ProjectionSettings, message: str) -> None:
    with pytest.raises(ProjectionError, match=message):
        project(clusters()[0], settings)


def test_new_codes_are_placed_by_the_same_directions() -> None:
    codes, _ = clusters(400)
    settings = ProjectionSettings("pca")
    found = project(codes[:300], settings)
    np.testing.assert_allclose(place(codes[:300], codes[:300], found, settings), found.points, atol=1e-5)
    assert found.centre is not None
    assert found.directions is not None
    there = found.centre + np.array([[3, -2]], np.float32) @ found.directions
    np.testing.assert_allclose(place(there, codes[:300], found, settings), [[3, -2]], atol=1e-4)
    flat = ProjectionSettings("direct")
    new = codes[300:, :2]
    np.testing.assert_array_equal(place(new, codes[:300, :2], project(codes[:300, :2], flat), flat), new)
    with pytest.raises(ProjectionError, match="no projection 'umap'"):
        place(new, codes, found, ProjectionSettings("umap"))


@pytest.mark.usefixtures("brief")
def test_new_codes_land_among_their_cluster_on_a_tsne_map_that_stays() -> None:
    codes, labels = clusters(450)
    found = project(codes[:300], TSNE)
    # Away from the origin: openTSNE would have it there.
    found = replace(found, points=found.points + np.float32(100))
    before = found.points.copy()
    placed = place(codes[300:], codes[:300], found, TSNE)
    assert (placed.shape, placed.dtype) == ((150, 2), np.float32)
    assert KNeighborsClassifier(10).fit(found.points, labels[:300]).score(placed, labels[300:]) > 0.95
    np.testing.assert_array_equal(found.points, before)
    np.testing.assert_array_equal(placed, place(codes[300:], codes[:300], found, TSNE))
    np.testing.assert_allclose(place(codes[300:301], codes[:300], found, TSNE), placed[:1], atol=1e-3)
    distances = np.linalg.norm(place(codes[:300], codes[:300], found, TSNE) - found.points, axis=1)
    assert np.median(distances) < 0.02 * np.ptp(found.points)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take 300 codes for a large set, whose neighbours are looked for 100 at a time."""
    monkeypatch.setattr("vae.explore.projection.SMALL", 200)
    monkeypatch.setattr("vae.explore.projection.SEARCHED", 100)


@pytest.mark.usefixtures("brief", "large")
@pytest.mark.parametrize("last", [0, 20, 40])
def test_a_tsne_stops_in_every_phase_when_it_is_told_to(last: int) -> None:
    seen: list[int] = []

    def stop(iteration: int, *_: object) -> bool:
        seen.append(iteration)
        return iteration >= last

    with pytest.raises(ProjectionCancelled):
        project(clusters()[0], TSNE, stop)
    assert seen[-1] == last
    assert all(iteration < last for iteration in seen[:-1])


@pytest.mark.usefixtures("brief", "large")
def test_the_search_for_the_neighbours_of_many_codes_can_be_stopped() -> None:
    seen: list[int] = []

    def stop(iteration: int, *_: object) -> bool:
        seen.append(iteration)
        return len(seen) == 3

    with pytest.raises(ProjectionCancelled):
        project(clusters()[0], TSNE, stop)
    assert seen == [0, 0, 0]


@pytest.mark.usefixtures("large")
def test_a_tsne_of_many_codes_is_as_trustworthy_and_repeats_itself() -> None:
    codes, labels = clusters()
    found = project(codes, TSNE)
    np.testing.assert_array_equal(project(codes, TSNE).points, found.points)
    assert found.trustworthiness is not None
    assert found.trustworthiness > 0.9
    assert KNeighborsClassifier(10).fit(found.points, labels).score(found.points, labels) > 0.99
    placed = place(codes[200:], codes, found, TSNE)
    assert KNeighborsClassifier(10).fit(found.points, labels).score(placed, labels[200:]) > 0.95


@pytest.mark.usefixtures("brief", "large")
def test_many_codes_may_be_alike() -> None:
    codes, _ = clusters()
    codes[:150] = codes[0]
    points = project(codes, TSNE).points
    assert points.shape == (300, 2)
    assert np.isfinite(points).all()


@pytest.mark.usefixtures("brief", "large")
@pytest.mark.parametrize("perplexity", [1.4, 5.0, 99.5])
def test_many_codes_take_every_perplexity_that_few_ones_take(perplexity: float) -> None:
    points = project(clusters()[0], replace(TSNE, perplexity=perplexity)).points
    assert np.isfinite(points).all()


def test_a_square_around_points_cuts_hardly_any_and_is_not_ruled_by_a_few_that_are_far_away() -> None:
    points = np.random.default_rng(0).normal(size=(10_000, 2))
    centre, half = square(points)
    assert (np.abs(points - centre).max(1) < half).mean() > 0.998
    far = np.concatenate([points, np.full((5, 2), 1_000.0)])
    assert square(far)[1] < 1.3 * half
    even = np.random.default_rng(1).uniform(-1, 1, (500, 2))
    centre, half = square(even)
    assert (np.abs(even - centre).max(1) < half).all()
    assert square(np.zeros((3, 2)))[1] == 1
