"""Every page, opened once: its question, its words, its figure, its texts at every width, and axe in both themes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.helpers import browser as helpers
from tests.helpers.browser import FIGURES, Server, assert_sound, settle, theme
from vae.glossary import TERMS
from vae.ui.frame import pages
from vae.ui.frame.pages import Page as AppPage

pytestmark = pytest.mark.look
LOOK = (Path(helpers.__file__).parent / "page_look.js").read_text(encoding="utf-8")
WIDE = (1440, 900)
NARROWER = (1920, 1024, 768, 390)
TABLET = 768
MOST_WORDS = 200
GRAVE = ("serious", "critical")


@dataclass(frozen=True)
class Visit:
    """A page of the app in the window."""

    app_page: AppPage
    window: Page

    def look(self, what: str) -> list[str]:
        return self.window.evaluate(f"look.{what}()")


@pytest.fixture(scope="module", params=list(FIGURES), ids=lambda page: page.title)
def visit(request: pytest.FixtureRequest, server: Server, window: Page) -> Iterator[Visit]:
    window.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    window.emulate_media(color_scheme="light")
    window.goto(f"{server.url}{helpers.address(request.param)}")
    window.wait_for_selector("h1")
    settle(window)
    window.locator(FIGURES[request.param]).first.wait_for()
    window.evaluate(LOOK)
    yield Visit(request.param, window)
    window.goto("about:blank")


def test_no_page_is_left_out() -> None:
    assert set(FIGURES) == set(pages.PAGES)


def test_the_page_names_its_question_and_links_defined_terms(visit: Visit) -> None:
    expect(visit.window.locator("#stMain").get_by_text(visit.app_page.question, exact=True)).to_be_visible()
    anchors = {term.anchor: term for term in TERMS}
    for link in visit.window.evaluate("look.linked()"):
        assert link["term"] in anchors, link
        assert link["told"] == anchors[link["term"]].hover


def test_there_are_few_words_around_the_figures(visit: Visit) -> None:
    assert visit.window.evaluate("look.words()") <= MOST_WORDS


def test_the_main_figure_is_on_the_first_screen(visit: Visit) -> None:
    box = visit.window.locator(FIGURES[visit.app_page]).first.bounding_box()
    assert box is not None
    seen = min(WIDE[1], box["y"] + box["height"]) - box["y"]
    assert seen > min(box["height"], WIDE[1]) / 2, f"{seen:.0f} of {box['height']:.0f} pixels, from {box['y']:.0f} on"


def test_every_picture_says_what_it_shows(visit: Visit) -> None:
    assert visit.look("unnamed") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, scheme: str) -> None:
    theme(visit.window, scheme)
    found = Axe().run(visit.window, options={"resultTypes": ["violations"]}).response["violations"]
    theme(visit.window, "light")
    told = {one["id"]: [node["target"] for node in one["nodes"]] for one in found if one["impact"] in GRAVE}
    assert told == {}


@pytest.mark.parametrize("width", [*NARROWER, WIDE[0]])
def test_no_text_is_cut_off_and_nothing_scrolls_sideways(visit: Visit, width: int) -> None:
    visit.window.set_viewport_size({"width": width, "height": WIDE[1]})
    visit.window.wait_for_timeout(300)  # charts follow the width of the window with a delay of their own
    settle(visit.window)
    assert visit.window.evaluate("document.getElementById('stMain').scrollWidth") <= width
    # On a tablet held upright the numbers of an axis may touch its title, and on a telephone those of a row of images.
    assert width < TABLET or visit.look("cut") == []
    assert width <= TABLET or visit.look("collided") == []
    assert_sound(visit.window)
