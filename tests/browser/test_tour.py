"""The tour and lecture mode in a real browser: by the keyboard, without scrolling, in type for a room."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.app import LADDER, PAIRS
from tests.helpers.browser import MAP, PATIENCE, Server, assert_sound, serve, settle
from vae.ui.frame.present import MAIN
from vae.ui.tour.scenes import SCENES

expect.set_options(timeout=PATIENCE)
READY = {
    "tour?scene=1": ".js-plotly-plot",
    "tour?scene=2": ".js-plotly-plot",
    "tour?scene=3": ".js-plotly-plot",
    "tour?scene=4": MAP,
    "tour?scene=5": ".ladder[data-ready]",
    "tour?scene=6": ".js-plotly-plot",
    "tour?scene=7": ".drawing",
    "": MAP,
    "samples": "[class*=st-key-samples_] img",
    "beta": ".ladder[data-ready]",
    "random_latents": ".wall[data-ready]",
    "interpolation": ".js-plotly-plot",
    "draw": ".drawing",
}
TOLD = """() => {
  const texts = [], room = document.querySelector('[data-testid=stMain]');
  const visit = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.ELEMENT_NODE) {
        if (node.shadowRoot) visit(node.shadowRoot);
        continue;
      }
      const parent = node.parentElement, text = node.textContent.trim();
      if (!text || !parent || parent.closest('style, script, option, [data-testid=stIconMaterial]')) continue;
      const range = document.createRange();
      range.selectNode(node);
      const { width, height } = range.getBoundingClientRect(), style = getComputedStyle(parent);
      if (width < 2 || height < 2 || style.visibility !== 'visible' || !parent.checkVisibility()) continue;
      texts.push([Number.parseFloat(style.fontSize), text.slice(0, 40)]);
    }
  };
  visit(document.body);
  return { hidden: room.scrollHeight - room.clientHeight, wide: room.scrollWidth - room.clientWidth,
    smallest: texts.sort((one, other) => one[0] - other[0])[0] };
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the models that the tour is about."""
    yield from serve(tmp_path_factory.mktemp("server"), [*PAIRS, *LADDER])


def test_the_tour_is_taken_from_its_first_to_its_last_scene_by_keys_alone(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/tour")
    for number, scene in enumerate(SCENES, start=1):
        expect(page.get_by_role("heading", name=scene.question)).to_be_visible()
        expect(page.get_by_text(f"{number} of {len(SCENES)}")).to_be_visible()
        settle(page)
        outcomes = page.locator("[class*=st-key-outcome_] button")
        if outcomes.count():
            outcomes.nth(1).focus()
            page.keyboard.press("Enter")
            expect(outcomes).to_have_count(0)
            settle(page)
        assert_sound(page)
        if number < len(SCENES):
            page.keyboard.press("ArrowRight")
            expect(page).to_have_url(re.compile(rf"scene={number + 1}"))
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name=SCENES[-2].question)).to_be_visible()


def test_a_presented_page_fills_a_projector_without_scrolling_in_type_for_a_room(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    for address, ready in READY.items():
        page.goto(f"{server.url}/{address}{'&' if '?' in address else '?'}present=1")
        page.wait_for_selector("h1")
        page.wait_for_selector(ready)
        settle(page)
        page.wait_for_timeout(300)
        told = page.evaluate(TOLD)
        assert (told["hidden"], told["wide"]) == (0, 0), address
        assert told["smallest"][0] >= 18, (address, told["smallest"])
        assert not page.locator("[data-testid=stSidebar]").is_visible()


def test_keys_lead_through_the_main_pages_begin_anew_and_leave(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/?present=1")
    for one in MAIN[:3]:
        expect(page.get_by_role("heading", name=one.title, exact=True)).to_be_visible()
        settle(page)
        assert "present=1" in page.url
        page.keyboard.press("ArrowRight")
    page.goto(f"{server.url}/tour?present=1&scene=4")
    expect(page.get_by_role("heading", name=SCENES[3].question)).to_be_visible()
    settle(page)
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name=SCENES[0].question)).to_be_visible()
    settle(page)
    assert "present=1" in page.url
    expect(page.get_by_role("button", name="Start over")).to_be_visible()  # what listens to the keys is there
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid=stSidebar]")).to_be_visible()
    assert "present" not in page.url
