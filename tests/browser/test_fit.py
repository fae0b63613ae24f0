"""Every page in a window of 1024 pixels, light and dark."""

import pytest
from playwright.sync_api import Page

from tests.helpers.browser import MAP, Server, assert_sound, settle

READY = {
    "": MAP,
    "samples": ".js-plotly-plot",
    "training": ".js-plotly-plot",
    "runs": "[data-testid=stDataFrame]",
    "beta": ".ladder[data-ready]",
    "beta_translator": "[data-testid=stDataFrame]",
    "five_numbers": ".sliders[data-ready]",
    "draw": ".drawing",
    "two_of_a_kind": ".js-plotly-plot",
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
