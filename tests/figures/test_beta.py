"""The figures of β: the tangent touches the ELBO's optimum with slope −1, and intervals are drawn as they are."""

import pytest

from vae.figures.beta import Curve, RunPoint, Series, against_beta, rate_distortion


def test_the_tangent_has_slope_minus_one_and_touches_the_least_sum() -> None:
    points = [RunPoint("b0.5", 0.5, 30, 75), RunPoint("b1", 1, 22, 80), RunPoint("b4", 4, 12, 99)]
    beyond = RunPoint("b0", 0, 400, 70)
    figure = rate_distortion([Curve("ten", [beyond, *points])], [], [], "nats", tangent=True, limit=30)
    (line,) = (trace for trace in figure.data if "slope" in trace.name)
    assert (line.y[1] - line.y[0]) / (line.x[1] - line.x[0]) == pytest.approx(-1)
    assert line.y[0] == pytest.approx(102)
    assert "b1" in line.name
    assert figure.layout.xaxis.range[1] < 40
    without = rate_distortion([Curve("ten", points)], [], [], "mse", tangent=False)
    assert not [trace for trace in without.data if "slope" in (trace.name or "")]


def test_other_runs_and_the_optimal_sigma_have_marks_of_their_own() -> None:
    point = RunPoint("r", 1, 20, 90)
    figure = rate_distortion([Curve("ten", [point])], [point], [point], "nats", tangent=False)
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    assert [trace.name for trace in figure.data] == ["ten", "other VAEs", "VAE with the optimal σ"]


def test_a_label_covers_no_other_and_no_mark_and_is_left_out_where_there_is_no_room() -> None:
    near = [RunPoint(f"b{i}", i, 20 + 0.02 * i, 90 - 0.02 * i) for i in range(8)]
    apart = [RunPoint("low", 10, 0, 200), RunPoint("high", 11, 40, 70)]
    curve = rate_distortion([Curve("ten", [*near, *apart])], [], [], "nats", tangent=False).data[0]
    labels = [text for text in curve.text if text]
    assert {"β 10", "β 11"} <= set(labels)
    assert len(labels) < 7
    # A star at the upper right moves a lone point's label to another side.
    for star, sides in (([], {"top right"}), ([RunPoint("σ", 1, 41, 72)], {"bottom left", "top left", "bottom right"})):
        curve = rate_distortion([Curve("two", apart)], [], star, "nats", tangent=False).data[0]
        assert curve.textposition[1] in sides


def test_no_label_is_struck_through_by_the_tangent() -> None:
    points = [RunPoint(f"b{beta}", beta, 30 / (1 + beta), 70 + 8 * beta) for beta in (0.25, 0.5, 1, 2, 4)]
    curve, line = rate_distortion([Curve("ten", points)], [], [], "nats", tangent=True).data
    width, height = 0.05 * 30, 0.04 * (max(curve.y) - min(line.y))
    low = {"top": 0.0, "middle": -0.5, "bottom": -1.0}
    left = {"right": 0.0, "center": -0.5, "left": -1.0}
    for point, text, side in zip(points, curve.text, curve.textposition, strict=True):
        vertical, horizontal = side.split()
        x0, y0 = point.rate + left[horizontal] * width, point.distortion + low[vertical] * height
        # The line falls: it misses a box that lies on one side of it with both its outer corners.
        at = line.y[0]
        below, above = x0 + width + y0 + height <= at + 0.2, x0 + y0 >= at - 0.2
        assert not text or below or above
    assert sum(bool(text) for text in curve.text) >= 4


def test_numbers_stand_at_equal_steps_of_beta_with_their_intervals() -> None:
    series = Series("ten", [0, 0.5, 16], [3.0, None, 5.0], [2.5, None, 4.0], [3.5, None, 7.0])
    figure = against_beta("Fréchet", [series], {"training images": 0.5})
    (trace,) = figure.data
    assert list(trace.x) == ["0", "16"]
    assert list(trace.error_y.array) == [0.5, 2]
    assert list(trace.error_y.arrayminus) == [0.5, 1]
    assert list(figure.layout.xaxis.categoryarray) == ["0", "0.5", "16"]
    assert "training images" in [annotation.text for annotation in figure.layout.annotations]
