"""The page of traversals: every dimension in turn, by KL or variance, page by page, inactive ones named."""

import json
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from tests.helpers.in_view import MOST_WORDS, plain_texts, words_in_view
from vae.models.dimensions import kl_by_dimension
from vae.storage.checkpoints import load
from vae.ui.frame import pages
from vae.ui.shared import models

PAGE = pages.TRAVERSAL


def layout(app: AppTest, part: str) -> dict:
    (found,) = (one for one in app.get("plotly_chart") if one.proto.id.endswith(f"-traversal_{part}"))
    return json.loads(found.proto.spec)["layout"]


def names(app: AppTest, word: str) -> list[str]:
    return [note["text"] for note in layout(app, word)["annotations"] if note["text"].startswith("<b>z")]


def numbers(app: AppTest, word: str) -> pd.DataFrame:
    return app.dataframe[("AE", "VAE").index(word)].value


def test_a_row_for_each_of_two_dimensions_around_an_image_or_the_mean(shipped: Path) -> None:
    app = open_page(PAGE, traversal_reach="6.0")
    assert len(layout(app, "centre")["images"]) == 3
    assert words_in_view(app) <= MOST_WORDS
    for around in ("image", "mean"):
        app.segmented_control(key="traversal_around").set_value(around).run()
        assert not app.exception
        assert {word: len(names(app, word)) for word in ("ae", "vae")} == {"ae": 2, "vae": 2}
        assert all("nats" in text for text in names(app, "vae"))
        assert not any("nats" in text for text in names(app, "ae"))
        assert "None of them is inactive" in plain_texts(app)
        assert [start == "0 σ" for start in numbers(app, "VAE")["start"]] == [around == "mean"] * 2
    # Without an image there is none to show; the middle of a row is the code that nothing was done to.
    middle = [image["source"] for image in layout(app, "centre")["images"]]
    assert len(middle) == 2
    for source, word in zip(middle, ("ae", "vae"), strict=True):
        assert source == layout(app, word)["images"][4]["source"]


def test_twenty_dimensions_are_sorted_by_kl_turned_page_by_page_and_dead_ones_stand_still(shipped: Path) -> None:
    app = open_page(PAGE, ae="ae-2d", vae="vae-20d", traversal_size="10")
    assert "not on this page" not in plain_texts(app)
    seen = names(app, "vae")
    next(widget for widget in app.number_input if widget.label == "Page of 2").set_value(2).run()
    assert not app.exception
    assert "has 2 dimensions, none of them on this page" in plain_texts(app)
    seen += names(app, "vae")
    model = models.trained(load("vae-20d"))
    assert model.deviations is not None
    kl = kl_by_dimension(model.codes, model.deviations)
    order = (-kl).argsort(kind="stable")
    assert [text.split("</b>")[0] for text in seen] == [f"<b>z{index + 1}" for index in order]
    inactive = {f"z{index + 1}" for index in range(20) if kl[index] < 0.1}
    assert 0 < len(inactive) < 10
    assert {text[3:].split("</b>")[0] for text in seen if text.endswith("</b> inactive")} == inactive
    # They do next to nothing to the image, where the others do much.
    table = numbers(app, "VAE")
    changes = dict(zip(table["dimension"], map(float, table["change"]), strict=True))
    still, moving = ([by for name, by in changes.items() if (name in inactive) == one] for one in (True, False))
    assert max(still) < 0.5
    assert max(still) < min(moving)
    assert f"{len(inactive)} of them are inactive: " in plain_texts(app)
