"""Figures as the reader meets them: one legend for both maps, names on clusters, the right pixels."""

import base64
import io

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from PIL import Image

from vae.data.to_picture import tile
from vae.figures.images import film, image_rows
from vae.figures.losses import kl_bars, loss_curves
from vae.figures.maps import Panel, latent_maps
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


def test_tile_puts_images_row_by_row() -> None:
    images = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1).repeat(2, axis=2).repeat(2, axis=3) * 10
    picture = tile(images, columns=3, scale=1, gap=0)
    np.testing.assert_array_equal(picture[::2, ::2], [[0, 10, 20], [30, 40, 50]])
    coloured = tile(images.repeat(3, axis=1), columns=4, scale=2, gap=1)
    assert coloured.shape == ((3 * 2 - 1) * 2, (3 * 4 - 1) * 2, 3)


def test_a_film_has_a_frame_an_epoch_and_ends_on_the_last() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (4, 8, 16 * 8), dtype=np.uint8)
    figure = film(frames, [1, 2, 3, 3.5], "run")
    assert len(figure.frames) == 4
    assert [step.label for step in figure.layout.sliders[0].steps] == ["1", "2", "3", "3.5"]
    content = base64.b64decode(figure.layout.images[0].source.split(",")[1])
    shown = np.asarray(Image.open(io.BytesIO(content)))[::3, ::3]
    np.testing.assert_array_equal(shown, np.concatenate([frames[3][:, :64], frames[3][:, 64:]]))


def test_loss_curves_leave_out_the_kl_that_an_ae_does_not_have() -> None:
    history = pd.DataFrame({"epoch": [1, 2], "train_reconstruction": [9.0, 8], "test_reconstruction": [8.5, 8]})
    ae = history.assign(train_kl=0.0, test_kl=0.0)
    vae = history.assign(train_kl=[1.0, 2], test_kl=[1.5, 2])
    figure = loss_curves({"ae": ae, "vae": vae})
    kl = [trace for trace in figure.data if trace.xaxis == "x2"]
    assert {trace.legendgroup for trace in kl} == {"vae, test", "vae, train"}
    assert len(figure.data) == 6


def test_image_rows_places_every_image_and_its_text() -> None:
    images = np.zeros((3, 1, 8, 8), np.uint8)
    figure = image_rows({"Original": images, "AE": images}, {"AE": ["0.1", "0.2", "0.3"]})
    assert isinstance(figure, go.Figure)
    assert len(figure.layout.images) == 6
    assert [a.text for a in figure.layout.annotations] == ["Original", "AE", "0.1", "0.2", "0.3"]


def test_dimensions_stand_in_the_order_of_their_kl() -> None:
    (bars,) = kl_bars(np.array([0.1, 2.0, 0.0])).data
    assert list(bars.x) == ["z2", "z1", "z3"]
    assert list(bars.y) == [2.0, 0.1, 0.0]
