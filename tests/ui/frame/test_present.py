"""Presenting a page: the bar, the way through the main pages, and what the address keeps."""

from pathlib import Path

import pytest

from tests.helpers.app import charts, open_page, texts
from vae.ui.frame import pages
from vae.ui.frame.pages import Page
from vae.ui.frame.present import neighbours

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        (pages.LATENT_SPACES, None, pages.SAMPLES),
        (pages.BETA, pages.SAMPLES, pages.RANDOM_LATENTS),
        (pages.RUNS, pages.BETA, pages.RANDOM_LATENTS),
        (pages.DRAW, pages.INTERPOLATION, None),
        (pages.GLOSSARY, pages.DRAW, None),
    ],
    ids=lambda page: page.title if page else "none",
)
def test_the_arrow_keys_lead_through_the_main_pages(page: Page, before: Page | None, after: Page | None) -> None:
    assert neighbours(page) == (before, after)


def test_the_button_presents_a_page_and_leave_ends_it(shipped: Path) -> None:
    app = open_page(pages.INTERPOLATION, path_images="3, 4")
    assert pages.INTERPOLATION.question in texts(app)
    app.button(key="present").click().run()
    assert not app.exception
    assert app.query_params["present"] == "1"
    assert app.title[0].value == "Interpolation"
    assert not [button for button in app.button if button.key == "present"]
    app.button(key="present_leave").click().run()
    assert "present" not in app.query_params
    assert app.button(key="present")
    assert app.text_input(key="path_images").value == "3, 4"


def test_charts_of_a_presented_page_can_be_read_from_the_last_row_and_others_stay(shipped: Path) -> None:
    def size(**parameters: str) -> float | None:
        first = next(one for one in charts(open_page(pages.INTERPOLATION, **parameters)) if "yaxis" in one["layout"])
        return first["layout"].get("font", {}).get("size")

    assert size() is None
    assert size(present="1") == 18
    assert size() is None
