"""Maps in the background: progress, cancelling, and the cache on disk."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.codes import TSNE, clusters
from vae.explore import projector as projectors
from vae.explore.projection import Projection, ProjectionSettings, iterations, project
from vae.explore.projector import Projector, cache_path, read_cached, write_cached

ANNA, BEN = "Anna", "Ben"


def _wait(projector: Projector, codes: np.ndarray, settings: ProjectionSettings) -> None:
    for _ in range(600):
        if not projector.request(codes, settings, ANNA).running:
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
        task = projector.request(codes, TSNE, ANNA)
        task.cancel(ANNA)
        task.cancel(ANNA)
    _join()
    assert (task.cancelled, task.running, task.result, task.error) == (True, False, None, "")
    assert not began


def _cancelled_at(moment: str, projector: Projector) -> Callable[..., Projection]:
    """`project` whose first task is cancelled at iteration 20, or when the map is finished and not yet handed over."""

    def computed(codes: np.ndarray, settings: ProjectionSettings, on_iteration: Callable[..., bool]) -> Projection:
        (task,) = projector.tasks.values()

        def watched(iteration: int, kl_divergence: float | None, points: np.ndarray) -> bool:
            if moment == "iteration 20" and iteration == 20:
                task.cancel(ANNA)
            return on_iteration(iteration, kl_divergence, points)

        found = project(codes, settings, watched)
        task.cancel(ANNA)
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
        task = projector.request(codes, TSNE, ANNA)
        _join()
    assert (task.cancelled, task.running, task.result, task.error) == (True, False, None, "")
    assert task.iteration == reached
    assert not list(tmp_path.iterdir())
    assert projector.request(codes, TSNE, ANNA) is task
    again = projector.restart(codes, TSNE, ANNA)
    assert again is not task
    _join()
    assert again.result is not None
    again.cancel(ANNA)
    assert not again.cancelled
    assert projector.restart(codes, TSNE, ANNA) is again
    assert read_cached(cache_path(codes, TSNE, tmp_path), len(codes)) is not None


@pytest.mark.usefixtures("brief")
def test_a_task_shows_the_map_as_it_grows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    projector, (codes, _) = Projector(tmp_path), clusters()
    shown: list[tuple[int, tuple[int, ...]]] = []

    def watched(codes: np.ndarray, settings: ProjectionSettings, on_iteration: Callable[..., bool]) -> Projection:
        (task,) = projector.tasks.values()

        def look(*progress: Any) -> bool:
            stop = on_iteration(*progress)
            assert task.points is not None
            shown.append((task.iteration, task.points.shape))
            return stop

        return project(codes, settings, look)

    monkeypatch.setattr("vae.explore.projector.project", watched)
    task = projector.request(codes, TSNE, ANNA)
    _join()
    assert [iteration for iteration, _ in shown] == [0, 10, 20, 30, 40, iterations()]
    assert {shape for _, shape in shown} == {(300, 2)}
    assert task.points is None
    assert task.result is not None


@pytest.mark.usefixtures("brief")
def test_a_map_goes_on_while_anybody_waits_for_it(tmp_path: Path) -> None:
    projector, (codes, _) = Projector(tmp_path), clusters()
    with projector.turn:
        task = projector.request(codes, TSNE, ANNA)
        assert projector.request(codes, TSNE, BEN) is task
        task.cancel(ANNA)
        assert projector.request(codes, TSNE, ANNA) is task  # her page looks again, which is no wish to have it back
        assert (task.cancelled_by(ANNA), task.cancelled_by(BEN), task.running) == (True, False, True)
    _join()
    assert task.result is not None
    assert not task.cancelled_by(ANNA)


@pytest.mark.usefixtures("brief")
def test_the_last_who_waits_ends_a_map_and_whoever_comes_then_begins_it_again(tmp_path: Path) -> None:
    projector, (codes, _) = Projector(tmp_path), clusters()
    with projector.turn:
        task = projector.request(codes, TSNE, ANNA)
        projector.request(codes, TSNE, BEN)
        task.cancel(ANNA)
        assert projector.restart(codes, TSNE, ANNA) is task
        assert not task.cancelled_by(ANNA)
        task.cancel(BEN)
        assert task.running
        task.cancel(ANNA)
        assert not task.running
        assert task.cancelled_by(BEN)
        again = projector.request(codes, TSNE, "Cleo")
        assert again is not task
        assert projector.request(codes, TSNE, BEN) is again
        assert again.cancelled_by(BEN)
    _join()
    assert again.result is not None


def _seeds(count: int) -> list[ProjectionSettings]:
    return [replace(TSNE, seed=seed) for seed in range(count)]


def _instantly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every t-SNE a map of zeros that is there at once."""
    zeros = Projection(np.zeros((300, 2), np.float32))
    monkeypatch.setattr("vae.explore.projector.project", lambda codes, settings, on_iteration: zeros)


def test_few_finished_maps_stay_in_memory_and_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _instantly(monkeypatch)
    monkeypatch.setattr(projectors, "FINISHED", 3)
    monkeypatch.setattr(projectors, "FILES", 5)
    projector, (codes, _) = Projector(tmp_path), clusters()
    paths = [cache_path(codes, settings, tmp_path) for settings in _seeds(7)]
    for settings in _seeds(7):
        projector.request(codes, settings, ANNA)
        _join()
    task = projector.request(codes, _seeds(7)[-1], ANNA)
    assert list(projector.tasks) == paths[-3:]
    assert {path for path in tmp_path.iterdir() if path.suffix == ".npz"} == set(paths[-5:])
    # One that is no longer in memory is read again, and the one asked for longest ago makes room for it.
    assert projector.request(codes, _seeds(7)[2], ANNA).result is not None
    assert projector.request(codes, _seeds(7)[-1], ANNA) is task
    assert list(projector.tasks) == [paths[5], paths[2], paths[6]]


def test_where_too_many_maps_wait_the_next_one_says_so_until_there_is_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _instantly(monkeypatch)
    projector, (codes, _) = Projector(tmp_path), clusters()
    *first, last = _seeds(projectors.WAITING + 1)
    with projector.turn:
        for number, settings in enumerate(first):
            assert projector.request(codes, settings, str(number)).running
        assert "look again in a minute" in projector.request(codes, last, ANNA).error
        assert projector.request(codes, first[0], BEN).running
        assert len(projector.tasks) == projectors.WAITING
    _join()
    assert projector.request(codes, last, ANNA).error == ""
    _join()


def test_one_who_asks_for_many_leaves_room_for_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _instantly(monkeypatch)
    projector, (codes, _) = Projector(tmp_path), clusters()
    *first, last = _seeds(projectors.WAITING_EACH + 1)
    with projector.turn:
        for settings in first:
            assert projector.request(codes, settings, ANNA).running
        assert "cancel one of them" in projector.request(codes, last, ANNA).error
        assert projector.request(codes, last, BEN).running
    _join()


def test_a_map_that_nobody_asks_for_any_more_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _instantly(monkeypatch)
    projector, (codes, _) = Projector(tmp_path), clusters()
    with projector.turn:
        task = projector.request(codes, TSNE, ANNA)
        task.cancel(BEN)
        assert task.running
        monkeypatch.setattr("vae.explore.projector.GONE", -1.0)
    _join()
    assert task.cancelled
    assert task.result is None


@pytest.mark.usefixtures("brief")
def test_a_second_look_comes_from_the_disk(tmp_path: Path) -> None:
    codes, _ = clusters()
    first = Projector(tmp_path)
    with first.turn:
        task = first.request(codes, TSNE, ANNA)
        assert task.running
        assert first.request(codes, TSNE, ANNA) is task
    _wait(first, codes, TSNE)
    another = Projector(tmp_path).request(codes, TSNE, ANNA)
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
    task = projector.request(codes, settings, ANNA)
    _wait_for_error(task)
    assert "perplexity of 30" in task.error
    assert projector.request(codes, settings, ANNA) is not task


def _wait_for_error(task: object) -> None:
    for _ in range(100):
        if getattr(task, "error", ""):
            return
        time.sleep(0.05)
    raise AssertionError("no error within five seconds")
