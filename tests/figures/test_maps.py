"""Figures as the reader meets them: one legend for both maps, names on clusters, the right pixels."""

from dataclasses import replace

import numpy as np
import pytest

from vae.figures.maps import UNKNOWN, FigureScale, Panel, latent_maps
from vae.figures.style import PALETTE


def panels() -> list[Panel]:
    random = np.random.default_rng(0)
    labels = np.arange(300) % 10
    points = random.normal(0, 1, (300, 2)) + np.stack([labels, labels], axis=1) * 3
    return [
        Panel("AE", points * 10, labels, ("z1", "z2")),
        Panel("VAE", points, labels, ("z1", "z2")),
    ]


def test_one_legend_entry_a_class_toggles_it_in_both_maps() -> None:
    figure = latent_maps(panels(), [str(d) for d in range(10)])
    assert len(figure.data) == 20
    assert sum(bool(trace.showlegend) for trace in figure.data) == 10
    for digit in range(10):
        group = [trace for trace in figure.data if trace.legendgroup == str(digit)]
        assert {trace.xaxis for trace in group} == {"x", "x2"}
        assert {trace.marker.color for trace in group} == {PALETTE[digit]}


def test_every_point_is_drawn_once_with_its_index() -> None:
    figure = latent_maps(panels(), [str(d) for d in range(10)])
    left = [trace for trace in figure.data if trace.xaxis == "x"]
    assert sorted(np.concatenate([trace.customdata for trace in left]).tolist()) == list(range(300))


def test_a_class_is_named_in_text_on_one_of_its_points() -> None:
    panel = panels()[1]
    figure = latent_maps([panel], [str(d) for d in range(10)])
    names = {a.text: (a.x, a.y) for a in figure.layout.annotations if "<b>" in a.text}
    for digit in range(10):
        own = panel.points[panel.labels == digit]
        assert (own == names[f"<b>{digit}</b>"]).all(axis=1).any()


def test_each_map_fills_its_own_square_range() -> None:
    own = latent_maps(panels(), [str(d) for d in range(10)]).layout
    assert np.ptp(own.xaxis.range) > 5 * np.ptp(own.xaxis2.range)
    assert np.isclose(np.ptp(own.xaxis2.range), np.ptp(own.yaxis2.range))


def test_the_palette_has_ten_colours_that_differ_in_lightness_or_hue() -> None:
    colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in PALETTE])
    gaps = np.abs(colours[:, None] - colours[None]).sum(-1)[~np.eye(10, dtype=bool)]
    assert gaps.min() > 60


def test_the_prior_is_drawn_to_scale_or_as_a_ring_that_can_be_seen_and_named_in_both_panels() -> None:
    one, other = panels()
    nowhere = replace(other, origin=None)
    figure = latent_maps([one, replace(other, origin=(5.0, 7.0)), nowhere], [str(d) for d in range(10)], prior=True)
    circles = {x: [s for s in figure.layout.shapes if s.xref == x] for x in ("x", "x2", "x3")}
    # An axis of 300 shows a circle of two as a speck.
    (half,) = {(s.x1 - s.x0) / 2 for s in circles["x"]}
    assert half == pytest.approx(0.03 * np.ptp(figure.layout.xaxis.range))
    assert {(s.x1 - s.x0) / 2 for s in circles["x2"]} == {1, 2}
    assert {((s.x0 + s.x1) / 2, (s.y0 + s.y1) / 2) for s in circles["x2"]} == {(5, 7)}
    assert circles["x3"] == []
    assert [a.xref for a in figure.layout.annotations if a.text == "samples are drawn here"] == ["x", "x2"]


def test_numbers_colour_both_maps_on_one_scale_and_a_map_without_them_is_grey() -> None:
    left, right = panels()
    right = replace(right, values=np.linspace(0, 1, 300))
    figure = latent_maps([left, right], [str(d) for d in range(10)], scale=FigureScale("KL, nats", 0.1, 0.9))
    axis = figure.layout.coloraxis
    assert (axis.cmin, axis.cmax, axis.colorbar.title.text) == (0.1, 0.9, "KL, nats")
    coloured = [trace for trace in figure.data if trace.xaxis == "x2"]
    assert {trace.marker.coloraxis for trace in coloured} == {"coloraxis"}
    drawn = {int(i): value for trace in coloured for i, value in zip(trace.customdata, trace.marker.color, strict=True)}
    assert drawn[299] == 1
    assert {trace.marker.color for trace in figure.data if trace.xaxis == "x"} == {UNKNOWN}
