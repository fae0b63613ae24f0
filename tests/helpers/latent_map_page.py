"""The latent map on a page in a browser: where its places are on the screen, and what it decodes there."""

import json
from collections.abc import Iterator

import numpy as np
from playwright.sync_api import Page

from tests.helpers.browser import READ, settle
from vae.models.codes import decode_latents
from vae.storage.checkpoints import load
from vae.storage.models import load_model


class Map:
    """The map on a page, and where its panels' places are on the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_selector(".map[data-ready]")
        settle(page)
        self.stage = page.locator(".stage")
        self.stage.scroll_into_view_if_needed()
        box = self.stage.bounding_box()
        assert box is not None
        self.left, self.top, self.width, self.height = box["x"], box["y"], box["width"], box["height"]

    def move(self, panel: int, across: float, down: float) -> tuple[float, float]:
        """The pointer to a share of a panel's width and height; where that is on the screen."""
        x = self.left + (panel + 0.12 + 0.85 * across) * self.width / 2
        y = self.top + 10 + down * (self.height - 60)
        self.page.mouse.move(x, y)
        return x, y

    @property
    def hovered(self) -> int:
        return int(self.stage.get_attribute("data-hovered") or -1)

    def latent(self, panel: int) -> np.ndarray:
        return np.array(
            json.loads(self.page.locator(f".here-{panel}").get_attribute("data-latent") or "[]"), np.float32
        )

    def empty_places(self, panel: int, wanted: int) -> Iterator[tuple[float, float]]:
        """Places on the screen with no image there, the pointer on each in turn."""
        found = 0
        for number in range(400):
            place = self.move(panel, (number * 0.381966) % 1, (number * 0.618034) % 1)
            if self.hovered < 0:
                yield place
                found += 1
                if found == wanted:
                    return
        raise AssertionError("the panel has too few places without an image")

    def find_image(self, panel: int, start: int = 0) -> int:
        """Move the pointer until it meets an image; its number."""
        for number in range(start, start + 400):
            self.move(panel, 0.2 + 0.6 * ((number * 0.381966) % 1), 0.2 + 0.6 * ((number * 0.618034) % 1))
            if self.hovered >= 0:
                return self.hovered
        raise AssertionError("no image was met")

    def screen(self, panel: int, place: np.ndarray) -> np.ndarray:
        """Where a place (2,) of a 2-D panel is on the screen, from the latents of two places of the pointer."""
        one = np.array(self.move(panel, 0.1, 0.1))
        low = self.latent(panel)
        other = np.array(self.move(panel, 0.9, 0.9))
        high = self.latent(panel)
        return one + (place - low) / (high - low) * (other - one)


def assert_decodes(page: Page, panel: int, name: str, latent: np.ndarray) -> None:
    shown = np.array(page.locator(f".here-{panel}").evaluate(READ))
    expected = decode_latents(load_model(load(name)), latent[None])[0].ravel().astype(int)
    assert np.abs(shown - expected).max() <= 4  # half precision shows far from where the codes are
