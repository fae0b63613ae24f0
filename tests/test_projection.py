"""Maps: what PCA and t-SNE keep, progress, and the cache on disk."""

import time
from pathlib import Path

import numpy as np
import pytest

from vae.projection import (
    ProjectionError,
    ProjectionSettings,
    Projector,
    cache_path,
    project,
    read_cached,
    trust,
)


def clusters(count: int = 300, dimensions: int = 10) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.arange(count) % 3
    centres = random.normal(0, 8, (3, dimensions))
    return (centres[labels] + random.normal(0, 1, (count, dimensions))).astype(np.float32), labels


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


def test_tsne_keeps_clusters_together_repeats_itself_and_reports_progress() -> None:
    codes, labels = clusters()
    seen: list[tuple[int, float]] = []
    settings = ProjectionSettings("t-sne", perplexity=20, seed=1)
    found = project(codes, settings, lambda iteration, error: seen.append((iteration, error)))
    again = project(codes, settings)
    np.testing.assert_allclose(found.points, again.points, atol=1e-3)
    assert found.trustworthiness is not None
    assert found.trustworthiness > 0.9
    centres = np.stack([found.points[labels == label].mean(0) for label in range(3)])
    nearest = np.linalg.norm(found.points[:, None] - centres, axis=2).argmin(1)
    assert (nearest == labels).mean() > 0.99
    assert [i for i, _ in seen] == sorted({i for i, _ in seen})
    assert seen[-1][0] >= 300
    assert np.isfinite([error for _, error in seen]).all()


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


def _wait(projector: Projector, codes: np.ndarray, settings: ProjectionSettings) -> None:
    for _ in range(600):
        if not projector.request(codes, settings).running:
            return
        time.sleep(0.1)
    raise AssertionError("the map was not finished within a minute")


def test_a_second_look_comes_from_the_disk(tmp_path: Path) -> None:
    codes, _ = clusters()
    settings = ProjectionSettings("t-sne", perplexity=20)
    first = Projector(tmp_path)
    task = first.request(codes, settings)
    assert task.running
    assert first.request(codes, settings) is task
    _wait(first, codes, settings)
    another = Projector(tmp_path).request(codes, settings)
    assert another.result is not None
    assert task.result is not None
    np.testing.assert_array_equal(another.result.points, task.result.points)
    assert another.result.trustworthiness == pytest.approx(task.result.trustworthiness)


def test_other_codes_or_settings_have_a_cache_of_their_own_and_damage_is_no_error(tmp_path: Path) -> None:
    codes, _ = clusters()
    settings = ProjectionSettings("t-sne")
    paths = {
        cache_path(codes, settings, tmp_path),
        cache_path(codes + 1, settings, tmp_path),
        cache_path(codes, ProjectionSettings("t-sne", seed=1), tmp_path),
        cache_path(codes, ProjectionSettings("t-sne", perplexity=10), tmp_path),
    }
    assert len(paths) == 4
    path = paths.pop()
    assert read_cached(path) is None
    path.write_bytes(b"PK not an archive")
    assert read_cached(path) is None


def test_a_map_that_fails_says_why_and_is_tried_again(tmp_path: Path) -> None:
    codes, settings = clusters(30)[0], ProjectionSettings("t-sne")
    projector = Projector(tmp_path)
    task = projector.request(codes, settings)
    _wait_for_error(task)
    assert "perplexity of 30" in task.error
    assert projector.request(codes, settings) is not task


def _wait_for_error(task: object) -> None:
    for _ in range(100):
        if getattr(task, "error", ""):
            return
        time.sleep(0.05)
    raise AssertionError("no error within five seconds")
