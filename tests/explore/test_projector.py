"""Maps in the background: progress, cancelling, and the cache on disk."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from tests.helpers.codes import TSNE, clusters
from vae.explore.projection import PLACING, Projection, ProjectionSettings, place, project
from vae.explore.projector import Projector, cache_path, read_cached, write_cached


def _wait(projector: Projector, codes: np.ndarray, settings: ProjectionSettings) -> None:
    for _ in range(600):
        if not projector.request(codes, settings).running:
            return
        time.sleep(0.1)
    raise AssertionError("the map was not finished within a minute")


def _join() -> None:
    """Wait for the threads of all projectors."""
    for thread in threading.enumerate():
        if "_compute" in thread.name:
            thread.join(60)


def test_a_map_cancelled_before_its_turn_never_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[ProjectionSettings] = []
    monkeypatch.setattr("vae.explore.projector.project", lambda codes, settings, on_iteration: began.append(settings))
    projector, (codes, _) = Projector(tmp_path), clusters()
    with projector.turn:
        task = projector.request(codes, TSNE)
        task.cancel()
        task.cancel()
    _join()
    assert (task.cancelled, task.running, task.result, task.error) == (True, False, None, "")
    assert not began


def _cancelled_at(moment: str, projector: Projector) -> Callable[..., Projection]:
    """`project` whose first task is cancelled at iteration 20, or when the map is finished and not yet handed over."""

    def computed(codes: np.ndarray, settings: ProjectionSettings, on_iteration: Callable[..., bool]) -> Projection:
        (task,) = projector.tasks.values()

        def watched(iteration: int, kl_divergence: float | None) -> bool:
            if moment == "iteration 20" and iteration == 20:
                task.cancel()
            return on_iteration(iteration, kl_divergence)

        found = project(codes, settings, watched)
        task.cancel()
        return found

    return computed


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(("moment", "reached"), [("iteration 20", 20), ("the end", 50)])
def test_a_cancelled_map_leaves_nothing_and_begins_again_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, reached: int
) -> None:
    projector, (codes, _) = Projector(tmp_path), clusters()
    with monkeypatch.context() as patched:
        patched.setattr("vae.explore.projector.project", _cancelled_at(moment, projector))
        task = projector.request(codes, TSNE)
        _join()
    assert (task.cancelled, task.running, task.result, task.error) == (True, False, None, "")
    assert task.iteration == reached
    assert not list(tmp_path.iterdir())
    assert projector.request(codes, TSNE) is task
    again = projector.restart(codes, TSNE)
    assert again is not task
    _join()
    assert again.result is not None
    again.cancel()
    assert not again.cancelled
    assert projector.restart(codes, TSNE) is again
    assert read_cached(cache_path(codes, TSNE, tmp_path), len(codes)) is not None


@pytest.mark.usefixtures("brief")
def test_further_codes_are_placed_on_the_map_of_the_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    codes, labels = clusters()
    whole = cache_path(codes, TSNE, tmp_path)
    monkeypatch.setattr("vae.explore.projection.FITTED", 200)
    assert cache_path(codes, TSNE, tmp_path) != whole
    seen: list[int] = []
    found = project(codes, TSNE, lambda iteration, _: seen.append(iteration))
    assert seen == sorted(set(seen))
    assert seen[-1] == 50 + PLACING
    np.testing.assert_allclose(found.points[:200], project(codes[:200], TSNE).points, atol=1e-3)
    np.testing.assert_allclose(found.points[200:], place(codes[200:], codes, found, TSNE), atol=1e-3)
    assert KNeighborsClassifier(10).fit(found.points[:200], labels[:200]).score(found.points[200:], labels[200:]) > 0.95
    projector = Projector(tmp_path)
    task = projector.request(codes, TSNE)
    _wait(projector, codes, TSNE)
    assert (task.iteration, task.total) == (50 + PLACING, 50 + PLACING)


@pytest.mark.usefixtures("brief")
def test_a_second_look_comes_from_the_disk(tmp_path: Path) -> None:
    codes, _ = clusters()
    first = Projector(tmp_path)
    with first.turn:
        task = first.request(codes, TSNE)
        assert task.running
        assert first.request(codes, TSNE) is task
    _wait(first, codes, TSNE)
    another = Projector(tmp_path).request(codes, TSNE)
    assert another.result is not None
    assert task.result is not None
    np.testing.assert_array_equal(another.result.points, task.result.points)
    assert another.result.trustworthiness == pytest.approx(task.result.trustworthiness)


def test_other_codes_or_settings_have_a_cache_of_their_own(tmp_path: Path) -> None:
    codes, _ = clusters()
    settings = ProjectionSettings("t-sne")
    paths = {
        cache_path(codes, settings, tmp_path),
        cache_path(codes + 1, settings, tmp_path),
        cache_path(codes, ProjectionSettings("t-sne", seed=1), tmp_path),
        cache_path(codes, ProjectionSettings("t-sne", perplexity=10), tmp_path),
    }
    assert len(paths) == 4


def test_what_was_kept_is_read_and_damage_is_no_error(tmp_path: Path) -> None:
    codes, _ = clusters(30)
    path, kept = tmp_path / "map.npz", project(codes, ProjectionSettings("pca"))
    assert read_cached(path, 30) is None
    write_cached(path, kept)
    found = read_cached(path, 30)
    assert found is not None
    for name, value in vars(kept).items():
        np.testing.assert_array_equal(getattr(found, name), value)
    assert read_cached(path, 31) is None
    content = path.read_bytes()
    for damaged in (b"", b"PK not an archive", content[:-40], content[: len(content) // 2], bytes(len(content))):
        path.write_bytes(damaged)
        assert read_cached(path, 30) is None
    write_cached(path, replace(kept, points=kept.points[:, :1]))
    assert read_cached(path, 30) is None
    np.savez(path, trustworthiness=1.0)
    assert read_cached(path, 30) is None


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
