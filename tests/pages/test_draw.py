"""The Draw page as Streamlit runs it: what is drawn, what is uploaded, and what is neither."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page, texts
from tests.helpers.drawings import draw, png, seven, star
from vae.ui.components.drawing.canvas import KEY
from vae.ui.frame import pages

PAGE = pages.DRAW


def test_a_drawn_seven_is_read_placed_and_ranked(shipped: Path) -> None:
    app = draw(open_page(PAGE), seven())
    said = texts(app)
    assert "**Read as 7**: 7 (" in said
    assert "of 2,000 test images (ELBO −" in said
    nearest = next(one.value for one in app.markdown if "20 nearest codes" in one.value)
    for word in (" AE: ", " VAE: "):
        sevens = int(nearest.split(word)[1].split(" × 7")[0].split(", ")[-1])
        assert sevens > 10
    assert len(star(app)) == 2
    assert all(one < 50 for one in ranks(app))

    # Drawn over: one star in each map, and a scrawl is unusual.
    noise = np.random.default_rng(0).integers(0, 2, (14, 14)).astype(np.uint8) * 255
    draw(app, png(Image.fromarray(noise).resize((280, 280), Image.Resampling.NEAREST)))
    assert all(one > 95 for one in ranks(app))
    assert len(star(app)) == 2

    # It survives a change of page.
    said = texts(app)
    app.switch_page(pages.BETA_TRANSLATOR.path).run()
    assert app.switch_page(PAGE.path).run().title[0].value == "Draw"
    assert texts(app) == said


def ranks(app: AppTest) -> list[float]:
    (listed,) = (one.value for one in app.markdown if one.value.startswith("**How unusual**"))
    return [float(part.split("%")[0]) for part in listed.split("than **")[1:]]


def test_an_empty_canvas_invites_and_computes_nothing(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.explore.one_image.encode_posteriors", lambda *_: pytest.fail("something was encoded"))
    app = open_page(PAGE)
    assert "Draw something" in app.info[0].value
    assert not app.get("plotly_chart")
    draw(app, png(Image.new("L", (280, 280))))
    assert "Draw something" in app.info[0].value
    app.session_state[KEY] = {"picture": "data:image/png;base64,not base64!"}
    app.run()
    assert not app.exception


def test_a_picture_of_dark_ink_on_paper_is_inverted_and_a_file_that_is_none_is_told(shipped: Path) -> None:
    app = open_page(PAGE, draw_source="upload a picture")
    app.file_uploader(key="draw_file").upload("seven.png", seven(ground=225, ink=30), "image/png").run()
    assert not app.exception
    assert "was inverted" in texts(app)
    assert "**Read as 7**" in texts(app)
    app.file_uploader(key="draw_file").upload("notes.png", b"no picture at all", "image/png").run()
    assert not app.exception
    assert "no picture" in app.error[0].value
    assert not app.get("plotly_chart")


def test_without_a_judge_it_says_so(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.ui.shared.server.judge_path", lambda name: Path("/nowhere"))
    assert "no independent classifier" in texts(draw(open_page(PAGE), seven()))
