"""Curves in the background: measured once, kept on disk, and begun again only where they have failed."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.multi_rate import with_open_gates
from vae.beta.curve import BETAS, Curve
from vae.beta.curves import Curves, CurveTask, cache_path, read_curve, write_curve
from vae.data.dataset import Dataset
from vae.progress import Report

CURVE = Curve(BETAS, np.linspace(80, 170, 61), np.linspace([3.0, 2], [1, 0], 61))


def ended(task: CurveTask) -> CurveTask:
    for _ in range(1_000):
        if not task.running:
            return task
        time.sleep(0.01)
    raise AssertionError("the curve was not measured within ten seconds")


def counted(calls: list[int]) -> Callable[[Report], Curve]:
    def measure(report: Report) -> Curve:
        calls.append(1)
        report(0.5)
        return CURVE

    return measure


def test_a_curve_is_measured_once_and_found_again_by_the_next_server(tmp_path: Path) -> None:
    calls: list[int] = []
    path, curves = tmp_path / "one.npz", Curves()
    task = ended(curves.request(path, counted(calls)))
    assert task.progress == 0.5
    assert curves.request(path, counted(calls)) is task
    again = Curves().request(path, counted(calls))
    assert again.curve is not None
    np.testing.assert_array_equal(again.curve.kl, CURVE.kl)
    assert len(calls) == 1


def test_what_goes_wrong_is_said_until_it_is_forgotten(tmp_path: Path) -> None:
    def fail(report: Report) -> Curve:
        raise OSError("The weights are gone.")

    calls: list[int] = []
    path, curves = tmp_path / "one.npz", Curves()
    assert ended(curves.request(path, fail)).error == "The weights are gone."
    assert curves.request(path, counted(calls)).error
    curves.forget(path)
    assert ended(curves.request(path, counted(calls))).curve is CURVE


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_damaged_file_is_measured_again(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "one.npz"
    path.write_bytes(content)
    assert read_curve(path) is None
    other = Curve(BETAS[:5], CURVE.reconstruction[:5], CURVE.kl[:5])  # as another version may have measured it
    write_curve(path, other)
    assert read_curve(path) is None
    write_curve(path, CURVE)
    assert read_curve(path) is not None


def test_a_curve_belongs_to_weights_and_images(small: Dataset, tmp_path: Path) -> None:
    model, _ = with_open_gates(small)
    path = cache_path(model, "mnist", tmp_path)
    assert cache_path(model, "mnist", tmp_path) == path
    assert cache_path(model, "other", tmp_path) != path
    model.gate.weight[0, 0] += 1
    assert cache_path(model, "mnist", tmp_path) != path
