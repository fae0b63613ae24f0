"""Models in memory, found again by their weights."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.app import charts, open_page, texts
from tests.helpers.images import blobs
from vae.storage.checkpoints import Checkpoint, load
from vae.storage.metrics import add_metrics
from vae.ui.beta.rungs import cross_entropy
from vae.ui.frame import pages
from vae.ui.shared import models


@pytest.mark.usefixtures("fresh")
def test_results_are_kept_until_the_weights_are_written_again(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.ui.shared.models.dataset", lambda name: blobs())
    calls: list[str] = []

    @models.kept(max_entries=4)
    def spread(trained: models.Trained, times: int) -> float:
        calls.append(trained.name)
        return times * float(np.std(trained.codes))

    trained = models.trained(load("small"))
    assert models.trained(load("small")) is trained
    assert spread(trained, 2) == spread(trained, 2) == 2 * spread(trained, 1)
    assert calls == ["small", "small"]
    weights = saved / "model.safetensors"
    os.utime(weights, ns=(0, weights.stat().st_mtime_ns + 1_000))
    again = models.trained(load("small"))
    assert again is not trained
    spread(again, 2)
    assert len(calls) == 3


@pytest.mark.usefixtures("fresh")
def test_weights_that_are_gone_are_an_error_that_pages_expect(saved: Path) -> None:
    checkpoint = load("small")
    (saved / "model.safetensors").unlink()
    with pytest.raises(models.LOAD_ERRORS):
        cross_entropy(checkpoint)
    with pytest.raises(models.LOAD_ERRORS):
        models.trained(checkpoint)


PAGES = (pages.SAMPLES, pages.INTERPOLATION, pages.TRAVERSAL, pages.DENOISE, pages.TWO_IMAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_second_session_is_sent_what_the_first_was_and_nothing_is_drawn_again(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, page: pages.Page
) -> None:
    first = open_page(page)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a page was computed for a second session")

    monkeypatch.setattr("vae.ui.shared.charts.st.plotly_chart", refuse)
    monkeypatch.setattr("vae.ui.shared.models.decode_latents", refuse)
    monkeypatch.setattr("vae.ui.shared.models.reconstruct", refuse)
    second = open_page(page)
    assert charts(second) == charts(first)
    assert texts(second) == texts(first)
    assert len(second.get("imgs")) == len(first.get("imgs"))


@pytest.mark.usefixtures("fresh")
def test_what_is_drawn_is_drawn_again_when_a_run_was_measured(saved: Path) -> None:
    drawn: list[float | None] = []

    @models.drawn(max_entries=4)
    def draw(runs: list[Checkpoint]) -> None:
        drawn.append(runs[0].metric("elbo"))

    for _ in range(2):
        draw([load("small")])
    assert drawn == [None]
    add_metrics(load("small").stored, {"elbo": -1.0})
    draw([load("small")])
    assert drawn == [None, -1.0]
