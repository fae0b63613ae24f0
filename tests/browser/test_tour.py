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
PLOT, LADDER_SLIDER, CANVAS = ".js-plotly-plot", ".ladder[data-ready]", ".drawing"
OF_SCENES = (PLOT, PLOT, PLOT, MAP, LADDER_SLIDER, PLOT, CANVAS)  # what is there once a scene is drawn
OF_PAGES = (MAP, "[class*=st-key-samples_] img", LADDER_SLIDER, ".wall[data-ready]", PLOT, CANVAS)
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


def assert_fits(page: Page, ready: str) -> None:
    """Assert that a presented page is drawn, needs no scrolling, and has no type that a room cannot read."""
    page.wait_for_selector(ready)
    settle(page)
    page.wait_for_timeout(300)  # a chart takes its height with the next frames
    assert_sound(page)
    told = page.evaluate(TOLD)
    assert (told["hidden"], told["wide"]) == (0, 0), page.url
    assert told["smallest"][0] >= 18, (page.url, told["smallest"])
    assert not page.locator("[data-testid=stSidebar]").is_visible()


def test_the_tour_is_taken_on_a_projector_from_first_to_last_scene_by_keys_alone(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/tour?scene=2&present=1")
    expect(page.get_by_role("heading", name=SCENES[1].question)).to_be_visible()
    assert_fits(page, OF_SCENES[1])
    page.keyboard.press("ArrowLeft")
    for number, (scene, ready) in enumerate(zip(SCENES, OF_SCENES, strict=True), start=1):
        expect(page.get_by_role("heading", name=scene.question)).to_be_visible()
        expect(page.get_by_text(f"{number} of {len(SCENES)}")).to_be_visible()
        assert_fits(page, ready)
        outcomes = page.locator("[class*=st-key-outcome_] button")
        if outcomes.count():
            outcomes.nth(1).focus()
            page.keyboard.press("Enter")
            expect(outcomes).to_have_count(0)
            assert_fits(page, ready)
        if number < len(SCENES):
            page.keyboard.press("ArrowRight")
            expect(page).to_have_url(re.compile(rf"scene={number + 1}"))

    page.keyboard.press("r")
    expect(page.get_by_role("heading", name=SCENES[0].question)).to_be_visible()
    expect(page.get_by_role("button", name="Start over")).to_be_visible()  # what listens to the keys is there
    settle(page)
    assert "present=1" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid=stSidebar]")).to_be_visible()
    assert "present" not in page.url
    settle(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name=SCENES[1].question)).to_be_visible()


def test_the_last_scene_leads_on_by_the_key_that_led_to_it(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/tour?scene={len(SCENES)}&present=1")
    expect(page.get_by_role("link", name="Next")).to_be_visible()
    settle(page)
    page.locator("body").press("ArrowRight")
    expect(page.get_by_role("heading", name="Latent spaces", exact=True)).to_be_visible()
    assert "present=1" in page.url


def test_the_form_is_out_of_sight_where_it_acts_on_nothing_and_its_settings_stay(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{server.url}/tour?beta=4&latent=7")
    expect(page.get_by_role("heading", name=SCENES[0].question)).to_be_visible()
    settle(page)
    for key in ("beta", "retrain"):
        expect(page.locator(f".st-key-{key}")).to_be_hidden()
    page.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile("scene=2"))
    settle(page)
    assert "beta=4" in page.url
    page.get_by_text("Understand the training").click()
    page.get_by_role("link", name="Glossary").click()
    expect(page.get_by_role("heading", name="Glossary", exact=True)).to_be_visible()
    settle(page)
    expect(page.locator(".st-key-retrain")).to_be_hidden()
    page.locator("[data-testid=stSidebar]").get_by_role("link", name="Latent spaces").click()
    expect(page.locator(".st-key-retrain button")).to_be_visible()
    expect(page.locator(".st-key-beta input[type=range]")).to_have_attribute("aria-valuetext", "4")
    expect(page.locator(".st-key-latent input")).to_have_value("7")


def test_the_main_pages_fit_a_projector_and_the_arrow_keys_lead_through_them(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/?present=1")
    for one, ready in zip(MAIN, OF_PAGES, strict=True):
        expect(page.get_by_role("heading", name=one.title, exact=True)).to_be_visible()
        assert_fits(page, ready)
        assert "present=1" in page.url
        page.locator("body").press("ArrowRight")
