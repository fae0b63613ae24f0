"""The page of interpolations: paths through chosen images, read along the way, measured, mapped and filmed."""

import base64
import json
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.generate.paths import chain, pixel_lengths
from vae.storage.checkpoints import load
from vae.ui.frame import pages
from vae.ui.generate import paths
from vae.ui.shared import models
from vae.ui.shared.models import Pair
from vae.ui.shared.selection import Selection

PAGE = pages.INTERPOLATION


def chart(app: AppTest, key: str) -> dict:
    (found,) = (one for one in app.get("plotly_chart") if one.proto.id.endswith(f"-{key}"))
    return json.loads(found.proto.spec)


def bands(app: AppTest, word: str) -> list[float]:
    """Where something was read on a path, in the order of the path."""
    return sorted(place for trace in chart(app, f"strip_{word}")["data"] for place in floats(trace["x"]))


def places(app: AppTest, axis: str) -> np.ndarray:
    """Where the same images lie along an axis of both of the page's latent maps (2, N)."""
    found: list[dict[int, float]] = [{}, {}]
    for trace in chart(app, "path_maps")["data"]:
        if "customdata" in trace:
            panel = found[trace["xaxis"] == "x2"]
            panel |= dict(zip(map(int, floats(trace["customdata"])), floats(trace[axis]), strict=True))
    return np.array([[panel[image] for image in sorted(found[0])] for panel in found])


def floats(values: list[float] | dict[str, str]) -> list[float]:
    if isinstance(values, list):
        return values
    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()


def test_both_paths_are_decoded_read_mapped_and_filmed(shipped: Path) -> None:
    app = open_page(PAGE, path_steps="10")
    for pair, kind in (("2d", "linear"), ("20d", "spherical")):
        app.selectbox(key="ae").set_value(f"ae-{pair}")
        app.selectbox(key="vae").set_value(f"vae-{pair}")
        app.segmented_control(key="path_kind").set_value(kind).run()
        assert not app.exception
        assert len(chart(app, "stops")["layout"]["images"]) == 3
        for word in ("ae", "vae"):
            strip = chart(app, f"strip_{word}")["layout"]
            np.testing.assert_allclose(bands(app, word), np.arange(21) / 10)  # every place is read once
            assert {note["text"] for note in strip["annotations"]} <= {f"<b>{digit}</b>" for digit in range(10)}
            assert strip["annotations"]
            assert strip["xaxis"]["ticktext"] == ["A", "B", "C"]
            assert {0, 1, 2} <= {image["x"] for image in strip["images"]}  # at every stop its own
        assert len(chart(app, "path_film")["frames"]) == 21
        stops = [note["text"] for note in chart(app, "path_maps")["layout"]["annotations"] if note.get("borderwidth")]
        assert stops == ["<b>A</b>", "<b>B</b>", "<b>C</b>"] * 2
        assert ("first two principal components" in plain_texts(app)) == (pair == "20d")
        if pair == "20d":  # the VAE's map is turned to the AE's: no axis of it runs against the other's
            for axis in ("x", "y"):
                assert np.corrcoef(*places(app, axis))[0, 1] > 0
        assert words_in_view(app) <= MOST_WORDS
        table = app.dataframe[0].value
        assert list(zip(table["model"], table["path"], strict=True)) == [
            (word, kind) for kind in ("linear", "spherical") for word in ("AE", "VAE")
        ]
        # A way is never shorter than the straight one; through a decoder it is longer.
        assert (table["length / distance"] > 1.1).all()
        np.testing.assert_array_equal(table["classes read"].str[0], "7")


def test_the_ends_of_the_path_are_the_images_reconstructions(shipped: Path) -> None:
    pair = Pair(models.trained(load("ae-2d")), models.trained(load("vae-2d")))
    for walk, trained in zip(paths.both(pair, (3, 11), 4, "spherical"), pair, strict=True):
        expected, _ = trained.reconstruct([3, 11])
        np.testing.assert_array_equal(chain(trained.codes[[3, 11]], 4, "spherical")[[0, -1]], trained.codes[[3, 11]])
        # A batch of another size is summed in another order: the last bit of a float may be another, and its rounding.
        np.testing.assert_allclose(walk.images[[0, -1]].astype(int), expected.astype(int), atol=1)
        assert len(walk.images) == 5
        assert pixel_lengths(walk.images[[0, -1]]) <= pixel_lengths(walk.images).sum() + 1e-9


def test_a_stop_twice_is_a_path_of_no_length_and_what_is_no_list_of_images_is_said_in_words(shipped: Path) -> None:
    app = open_page(PAGE, path_images="5, 5", path_kind="spherical", path_steps="2")
    assert not app.error
    table = app.dataframe[0].value
    assert (table["path length"] == 0).all()
    assert table["length / distance"].isna().all()
    for text in ("0", "0, 10000", "seven, two", ""):
        app.text_input(key="path_images").set_value(text).run()
        assert not app.exception
        assert "number" in app.error[0].value


def test_images_selected_in_the_map_or_at_random_become_stops(shipped: Path) -> None:
    app = open_page(PAGE, path_steps="2")
    assert "path_selected" not in [button.key for button in app.button]
    app.session_state["map_selection"] = Selection("mnist/test", tuple(range(15)))
    app.run()
    app.button(key="path_selected").click().run()
    assert app.text_input(key="path_images").value == "0, 2, 4, 6, 8, 10, 12, 14"
    assert len(chart(app, "stops")["layout"]["images"]) == 8
    app.button(key="path_others").click().run()
    assert not app.error
    assert len(set(str(app.text_input(key="path_images").value).split(", "))) == 8
