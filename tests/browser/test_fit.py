"""Every page in a window of 1024 pixels, light and dark."""

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.browser import MAP, Server, assert_sound, settle

READY = {
    "": MAP,
    "samples": ".js-plotly-plot",
    "training": ".js-plotly-plot",
    "runs": "[data-testid=stDataFrame]",
    "your_images": ".st-key-own_source",
    "beta": ".ladder[data-ready]",
    "beta_translator": "[data-testid=stDataFrame]",
    "edit_a_code": ".sliders[data-ready]",
    "draw": ".drawing",
    "two_images": ".js-plotly-plot",
    "random_latents": ".wall[data-ready]",
    "interpolation": ".js-plotly-plot",
    "traversal": ".js-plotly-plot",
    "arithmetic": ".js-plotly-plot",
    "digits_on_demand": ".js-plotly-plot",
    "denoise": ".js-plotly-plot",
    "unusual_images": ".js-plotly-plot",
}


@pytest.mark.parametrize("address", list(READY))
def test_every_page_fits_a_window_of_1024_pixels(server: Server, page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1024, "height": 900})
    page.goto(f"{server.url}/{address}")
    page.wait_for_selector("h1")
    settle(page)
    page.wait_for_selector(READY[address])
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"getComputedStyle(document.querySelector('.stApp')).colorScheme === '{scheme}'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1024
        assert_sound(page)


def test_the_form_and_retrain_are_in_sight_without_scrolling(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(server.url)
    retrain = page.locator(".st-key-retrain button")
    expect(retrain).to_be_enabled()
    settle(page)
    for key in ("ae", "vae", "beta", "latent", "ae_too", "seconds", "budget"):
        expect(page.locator(f".st-key-{key}")).to_be_in_viewport(ratio=1)
    expect(retrain).to_be_in_viewport(ratio=1)
    page.get_by_text("All settings").click()
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.locator(".st-key-seed")).to_be_visible()
    expect(retrain).to_be_in_viewport(ratio=1)
