"""Figures of mistakes: maps hold the codes and the prior, bars fall, and it is told how much too low a bound is."""

import numpy as np
import pytest

from vae.figures.mistakes import Codes, differences, kl_bars, maps

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.integers(0, 3, 300)


@pytest.mark.parametrize(("spread", "reach"), [(0.01, (2, 3)), (1.0, (2, 5)), (300.0, (600, 2_000))])
def test_a_map_holds_the_codes_and_the_prior_however_far_they_are_apart(
    spread: float, reach: tuple[float, float]
) -> None:
    points = spread * RANDOM.standard_normal((300, 2))
    figure = maps([Codes("one", points, ("z1", "z2"))] * 2, LABELS, "abc")
    assert reach[0] < figure.layout.xaxis.range[1] < reach[1]
    assert figure.layout.xaxis2.range == figure.layout.yaxis.range
    words = [note.text for note in figure.layout.annotations]
    assert words.count("samples are drawn here") == 2
    assert ("<b>a</b>" in words) == (spread > 0.1)  # names would cover a cloud that is a dot
    circle = max(shape.x1 for shape in figure.layout.shapes)
    assert circle > 0.02 * figure.layout.xaxis.range[1]  # it can be seen
    assert sum(trace.showlegend for trace in figure.data) == 3


def test_bars_fall_and_have_steps_of_ten_only_where_one_model_dwarfs_the_other() -> None:
    right = np.array([1.0, 3.0, 2.0])
    figure = kl_bars(np.zeros(3), right, ("wrong", "right"))
    assert list(figure.data[1].y) == [3, 2, 1]
    assert figure.layout.yaxis.type == "linear"
    assert kl_bars(1_000 * right, right, ("wrong", "right")).layout.yaxis.type == "log"


def test_the_mean_of_the_differences_is_told() -> None:
    figure = differences(RANDOM.normal(4.2, 0.01, 500))
    assert "mean 4.2 nats" in [note.text for note in figure.layout.annotations]
    assert figure.layout.xaxis.title.text.endswith("nats")
