"""The Draw page as Streamlit runs it: what is drawn, what is uploaded, and what is neither."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from tests.helpers.app import open_page
from tests.helpers.drawings import draw, png, seven, star
from tests.helpers.in_view import MOST_WORDS, plain_texts, unlinked, words_in_view
from vae.ui.components.drawing.canvas import KEY, PREFIX
from vae.ui.frame import pages

PAGE = pages.DRAW


def test_a_drawn_seven_is_read_placed_and_ranked(shipped: Path) -> None:
    app = draw(open_page(PAGE), seven())
    said = plain_texts(app)
    assert "The judge reads **7 (" in said
    assert "of 2,000 test images (−ELBO of your image: " in said
    nearest = next(one.value for one in app.caption if "20 nearest codes" in one.value)
    for word in (" AE: ", " VAE: "):
        sevens = int(nearest.split(word)[1].split(" × 7")[0].split(", ")[-1])
        assert sevens > 10
    assert len(star(app)) == 2
    assert words_in_view(app) <= MOST_WORDS
    assert all(one < 50 for one in ranks(app))

    # Drawn over: one star in each map, and a scrawl is unusual.
    noise = np.random.default_rng(0).integers(0, 2, (14, 14)).astype(np.uint8) * 255
    draw(app, png(Image.fromarray(noise).resize((280, 280), Image.Resampling.NEAREST)))
    assert all(one > 95 for one in ranks(app))
    assert len(star(app)) == 2

    # It survives a change of page.
    said = plain_texts(app)
    app.switch_page(pages.BETA_TRANSLATOR.path).run()
    assert app.switch_page(PAGE.path).run().title[0].value == "Draw"
    assert plain_texts(app) == said


def ranks(app: AppTest) -> list[float]:
    (listed,) = (unlinked(one.value) for one in app.markdown if "worse than it does" in one.value)
    return [float(part.split("%")[0]) for part in listed.split("does **")[1:]]


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
    assert "was inverted" in plain_texts(app)
    assert "reads **7 (" in plain_texts(app)
    app.file_uploader(key="draw_file").upload("notes.png", b"no picture at all", "image/png").run()
    assert not app.exception
    assert "no picture" in app.error[0].value
    assert not app.get("plotly_chart")


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader(key="draw_file").upload(name, content, "image/png").run()
    assert not app.exception, [e.value for e in app.exception]
    return app


def test_what_is_taken_of_an_upload_is_shown_doubted_and_corrected_by_hand(shipped: Path) -> None:
    two = Image.new("L", (600, 300), 225)
    two.paste(Image.open(io.BytesIO(seven(ground=225, ink=30))), (0, 0))
    ImageDraw.Draw(two).rectangle((470, 70, 500, 230), fill=30)
    app = upload(open_page(PAGE, draw_source="upload a picture"), "two.png", png(two))
    assert "More is drawn outside of the box" in app.warning[0].value
    assert "reads **7 (" in plain_texts(app)
    (by_hand,) = (toggle for toggle in app.toggle if toggle.label == "Set the box by hand")
    by_hand.set_value(True).run()
    columns, _ = app.slider
    assert columns.value == pytest.approx((60 / 6, 210 / 6), abs=2)  # it begins with the guess
    columns.set_value((70, 95)).run()
    assert not app.exception
    assert not app.warning
    assert "reads **1 (" in plain_texts(app)
    (swap,) = (toggle for toggle in app.toggle if toggle.label == "Swap dark and light")
    swap.set_value(True).run()
    assert "Nothing in the box is lighter" in app.error[0].value
    # Another file begins anew.
    upload(app, "seven.png", seven(ground=225, ink=30))
    assert not any(toggle.value for toggle in app.toggle)
    assert not app.slider
    assert "reads **7 (" in plain_texts(app)


def test_of_a_picture_of_sixteen_bits_the_scaling_is_said(shipped: Path) -> None:
    grey = np.asarray(Image.open(io.BytesIO(seven())), np.uint16)
    app = upload(open_page(PAGE, draw_source="upload a picture"), "deep.png", png(Image.fromarray(grey * 8 + 1_000)))
    assert "values from 1,000 to 3,040 were scaled" in plain_texts(app)
    assert "reads **7 (" in plain_texts(app)


def test_more_than_the_canvas_can_send_is_left_aside(shipped: Path) -> None:
    app = draw(open_page(PAGE), seven())
    app.session_state[KEY] = {"picture": PREFIX + "A" * 1_000_000}
    app.run()
    assert "reads **7 (" in plain_texts(app)
    draw(app, png(Image.new("L", (7_071, 7_071))))
    assert "Draw something" in app.info[0].value


def test_without_a_judge_it_says_so(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.ui.shared.server.judge_path", lambda name: Path("/nowhere"))
    assert "There is no judge for these images" in plain_texts(draw(open_page(PAGE), seven()))
