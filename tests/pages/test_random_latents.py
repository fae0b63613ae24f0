"""The page of random latents: sorted walls, a temperature, nearest training images, a tray and its downloads."""

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.ui.frame import pages
from vae.ui.generate import wall

PAGE = pages.RANDOM_LATENTS
ALONE = {"sizes": "compared pair alone"}
pytestmark = pytest.mark.usefixtures("realism")


def walls(app: AppTest) -> list[dict]:
    found = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return [one | {"images": [image for part in one["parts"] for image in part["images"]]} for one in found]


def name(one: dict) -> str:
    return one["title"].split(" (")[0]


def test_both_walls_are_sorted_by_realism_and_parted_by_it(shipped: Path) -> None:
    app = open_page(PAGE, ae="ae-20d", vae="vae-20d", random_count="144")
    found = walls(app)
    assert [name(one) for one in found] == ["AE: ae-20d", "VAE: vae-20d"]
    assert words_in_view(app) <= MOST_WORDS
    counts = []
    for one in found:
        assert len(one["images"]) == 144
        parts = {part["name"]: part for part in one["parts"]}
        counts.append(len(parts["realistic"]["images"]) if "realistic" in parts else 0)
        assert len(parts["not realistic"]["images"]) == 144 - counts[-1]
        assert re.match(rf"{counts[-1]} of 144 samples (is|are) realistic", one["verdict"])
        # The class that the judge reads goes with every image, with its probability.
        assert all(image["text"].endswith(" %") for image in one["images"])
    assert counts[1] > counts[0] + 30  # its prior is what it was trained for
    # A pair of many dimensions stands for itself.
    assert [metric.label for metric in app.metric] == [
        "AE: realistic of 400",
        "VAE: realistic of 400",
    ]
    assert not [one for one in app.segmented_control if one.key == "sizes"]


def test_a_pair_of_two_dimensions_is_shown_beside_the_shipped_one_of_twenty(shipped: Path) -> None:
    app = open_page(PAGE, random_count="16")
    names = [name(one) for one in walls(app)]
    assert words_in_view(app) <= MOST_WORDS
    assert names == ["AE: ae-2d", "VAE: vae-2d", "AE: ae-20d", "VAE: vae-20d"]
    ae, vae, ae_20, vae_20 = (float(metric.value.rstrip(" %")) for metric in app.metric)
    assert ae_20 < 5 < 15 < ae < vae
    assert vae_20 > 30
    assert plain_texts(app).count("More of the **VAE**'s samples are realistic") == 2
    app.segmented_control(key="sizes").set_value("compared pair alone").run()
    assert [name(one) for one in walls(app)] == names[:2]
    assert len(app.metric) == 2


def test_without_temperature_every_sample_is_the_decoded_mean(shipped: Path) -> None:
    app = open_page(PAGE, **ALONE, temperature="0.0", random_count="36")
    cold = walls(app)
    app.slider(key="temperature").set_value(1.0).run()
    for one, other in zip(cold, walls(app), strict=True):
        assert len({image["source"] for image in one["images"]}) == 1
        assert one["title"].endswith("z ~ N(0, I), temperature 0")
        assert len({image["source"] for image in other["images"]}) > 30


def test_fitted_samplers_at_extremes_draw_the_aes_samples_among_its_codes(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.ui.shared.models.FITTED", 2_000)
    app = open_page(PAGE, ae="ae-5d", vae="vae-2d", random_count="64")
    assert "do not decode the same z" in plain_texts(app)
    prior = len(walls(app)[0]["parts"][0]["images"])
    app.segmented_control(key="random_sampler").set_value("mixture").run()
    assert "do not decode the same z" not in plain_texts(app)
    assert len(walls(app)[0]["parts"][0]["images"]) > prior + 10
    app.segmented_control(key="random_sampler").set_value("gaussian")
    app.slider(key="temperature").set_value(2.0).run()
    assert not app.exception
    assert [len(one["images"]) for one in walls(app)] == [64, 64]


def test_picked_samples_are_kept_once_and_shown_beside_their_nearest_training_images(shipped: Path) -> None:
    app = open_page(PAGE, **ALONE, random_count="16")
    ae, vae = walls(app)
    app.session_state["wall_ae"] = {"picked": {"of": ae["of"], "indices": [0, 5]}}
    app.session_state["wall_vae"] = {"picked": {"of": vae["of"], "indices": [3]}}
    app.run()
    app.toggle(key="nearest").set_value(True).run()
    assert not app.exception
    charts = {element.proto.id.split("-")[-1]: json.loads(element.proto.spec) for element in app.get("plotly_chart")}
    assert [len(charts[f"nearest_{word}"]["layout"]["images"]) for word in ("AE", "VAE")] == [4, 2]
    assert "Nine in ten test images, which no model has seen" in plain_texts(app)
    for _ in range(2):
        app.button(key="keep").click().run()
    assert "You have kept 3 samples" in [heading.value for heading in app.subheader]
    # A new draw ends the picks, and the tray stays.
    app.number_input(key="random_seed").set_value(1).run()
    assert not [button for button in app.button if button.key == "keep"]
    assert "You have kept 3 samples" in [heading.value for heading in app.subheader]
    app.button(key="tray_empty").click().run()
    assert not [heading.value for heading in app.subheader if heading.value.startswith("You have kept")]


@pytest.mark.parametrize("said", [None, [], {"of": "x"}, {"of": "x", "indices": "1"}, {"of": "y", "indices": [1]}])
def test_nonsense_from_the_browser_picks_nothing(said: object) -> None:
    assert wall.picked(said, "x", 5) == []
    assert wall.picked({"of": "x", "indices": [4, 1, 5, -1, "2", True, 1]}, "x", 5) == [1, 4]
