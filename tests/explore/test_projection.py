"""Maps: what PCA and t-SNE keep, placing and aligning, progress and stopping."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from tests.helpers.codes import TSNE, clusters
from vae.explore.alignment import align
from vae.explore.projection import ProjectionCancelled, ProjectionError, ProjectionSettings, iterations, place, project
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
    found = project(codes, TSNE, lambda *progress: seen.append(progress))
    assert found.trustworthiness is not None
    assert found.trustworthiness > 0.9
    centres = np.stack([found.points[labels == label].mean(0) for label in range(3)])
    nearest = np.linalg.norm(found.points[:, None] - centres, axis=2).argmin(1)
    assert (nearest == labels).mean() > 0.99
    assert [i for i, _ in seen] == sorted({i for i, _ in seen})
    assert seen[0] == (0, None)
    assert seen[-1][0] == iterations(300)
    assert all(error is not None and np.isfinite(error) for _, error in seen[1:])


@pytest.mark.usefixtures("brief")
def test_a_seed_repeats_a_map_and_another_changes_it() -> None:
    codes, _ = clusters()
    first, again, other = (project(codes, replace(TSNE, seed=seed)).points for seed in (1, 1, 2))
    np.testing.assert_allclose(first, again, atol=1e-3)
    assert np.abs(first - align(other, first)).max() > 0.1


def test_a_map_of_noise_is_less_trustworthy_than_the_codes_themselves() -> None:
    codes, _ = clusters(dimensions=2)
    assert trust(codes, codes) == pytest.approx(1.0)
    assert trust(codes, np.random.default_rng(3).normal(size=codes.shape)) < 0.7


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


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("last", [0, 20, 40, 70])
def test_a_tsne_stops_in_every_phase_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    monkeypatch.setattr("vae.explore.projection.FITTED", 200)
    seen: list[int] = []

    def stop(iteration: int, _: float | None) -> bool:
        seen.append(iteration)
        return iteration >= last

    with pytest.raises(ProjectionCancelled):
        project(clusters()[0], TSNE, stop)
    assert seen[-1] == last
    assert all(iteration < last for iteration in seen[:-1])
