"""What the first view shows of the prior: its place in both panels, draws from it, and what belongs together there."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.helpers.browser import PATIENCE, READ, Server
from tests.helpers.latent_map_page import Map
from vae.data.dataset import Dataset
from vae.measure.region import code_region
from vae.models.codes import decode_latents, encode_images
from vae.storage.checkpoints import load
from vae.storage.models import load_model

expect.set_options(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def same_checkpoints(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAE_CHECKPOINTS", str(server.checkpoints))


def test_the_map_opens_with_an_image_decoded_and_comes_back_to_it(server: Server, page: Page, mnist: Dataset) -> None:
    page.goto(server.url)
    latent_map = Map(page)
    title = page.locator(".image h4")
    opened = title.inner_text()
    index = int(re.findall(r"\d+", opened)[0])

    def assert_shown() -> None:
        expect(title).to_have_text(opened)
        original = np.array(page.locator(".original").evaluate(READ))
        np.testing.assert_array_equal(original, mnist.test_images[index].numpy().ravel())
        for k in (0, 1):
            assert np.mean(np.abs(np.array(page.locator(f".reconstruction-{k}").evaluate(READ)) - original)) < 25

    assert_shown()
    expect(page.locator(".strip canvas")).to_have_count(20)
    assert latent_map.find_image(1) != index
    expect(title).not_to_have_text(opened)
    page.mouse.move(1, 1)
    assert_shown()
    # All of it is in a window of this size without scrolling.
    for width, height in ((1440, 900), (1280, 720), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        for part in (".original", ".reconstruction-1", ".strip"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
        expect(page.locator(".stage")).to_be_in_viewport(ratio=0.93)  # but for the name of an axis


def test_samples_are_the_same_z_for_both_and_counted_where_the_codes_are(
    server: Server, page: Page, mnist: Dataset
) -> None:
    page.goto(server.url)
    Map(page)
    walls = page.locator(".walls canvas")
    expect(walls.first).to_be_hidden()

    def press() -> list[np.ndarray]:
        before = page.locator(".walls").get_attribute("data-ready")
        page.get_by_role("button", name="Sample", exact=True).click()
        expect(page.locator(".walls")).not_to_have_attribute("data-ready", before or "")
        expect(page.locator(".walls")).to_have_attribute("data-ready", re.compile("."))
        return [np.array(json.loads(walls.nth(k).get_attribute("data-latents") or ""), np.float32) for k in (0, 1)]

    first = press()
    np.testing.assert_array_equal(first[0], first[1])
    assert first[0].shape == (64, 2)
    # The region of the AE's codes is known to Python; the VAE's is made of draws that the page alone has made.
    region = code_region(encode_images(load_model(load("ae-2d")), mnist.test_images))
    assert region is not None
    counted = [
        int(re.findall(r"(\d+) of 64", words)[0]) for words in page.locator(".walls figcaption").all_inner_texts()
    ]
    assert abs(counted[0] - region.holds(first[0]).sum()) <= 1
    assert counted[1] > counted[0]
    # Each image is two by two pixels a pixel, with a frame of three.
    corner = "c => [...c.getContext('2d').getImageData(3, 3, 56, 56).data].filter((_, i) => i % 4 === 0)"
    for k, name in enumerate(("ae-2d", "vae-2d")):
        shown = np.array(walls.nth(k).evaluate(corner)).reshape(56, 56)[::2, ::2]
        expected = decode_latents(load_model(load(name)), first[k][:1])[0, 0].astype(int)
        assert np.abs(shown - expected).max() <= 2
    assert not np.array_equal(press()[0], first[0])
    page.get_by_role("button", name="clear samples").click()
    expect(walls.first).to_be_hidden()
    page.reload()
    Map(page)
    np.testing.assert_array_equal(press()[0], first[0])  # a session repeats
    page.locator(".stage").focus()
    page.keyboard.press("Escape")
    expect(walls.first).to_be_hidden()
    page.keyboard.press("s")
    expect(walls.first).to_be_visible()


def test_both_panels_go_to_the_prior_at_one_scale_and_back(server: Server, page: Page) -> None:
    page.goto(server.url)
    latent_map = Map(page)

    def corners(panel: int) -> np.ndarray:
        found = []
        for corner in (0.05, 0.95):
            latent_map.move(panel, corner, corner)
            found.append(latent_map.latent(panel))
        return np.array(found)

    opened = [np.ptp(corners(k), axis=0) for k in (0, 1)]
    assert opened[0].min() > 10 * opened[1].max()
    page.get_by_role("button", name="Zoom to the prior").click()
    close = [corners(k) for k in (0, 1)]
    np.testing.assert_allclose(close[0], close[1], atol=0.2)  # the panels' edges are not halves of the stage
    assert np.abs(close[0]).max() < 3.3
    assert np.ptp(close[0], axis=0).min() > 5
    page.get_by_role("button", name="Whole map").click()
    np.testing.assert_allclose(np.ptp(corners(0), axis=0), opened[0], rtol=1e-3)


def test_the_same_z_is_shown_only_where_samples_are_drawn(server: Server, page: Page, mnist: Dataset) -> None:
    page.goto(server.url)
    latent_map = Map(page)
    words = page.locator(".here .words")
    codes = [encode_images(load_model(load(name)), mnist.test_images) for name in ("ae-2d", "vae-2d")]
    for _ in latent_map.empty_places(0, 6):
        own, other = latent_map.latent(0), latent_map.latent(1)
        if np.linalg.norm(own) <= 3.03:
            continue
        expect(words).to_contain_text("above the same share of its own codes")
        assert (codes[1].min(0) - 1e-3 <= other).all()
        assert (other <= codes[1].max(0) + 1e-3).all()
        np.testing.assert_allclose((codes[0] < own).mean(0), (codes[1] < other).mean(0), atol=2e-3)
    page.get_by_role("button", name="Zoom to the prior").click()
    for _ in latent_map.empty_places(0, 6):
        own, other = latent_map.latent(0), latent_map.latent(1)
        if np.linalg.norm(own) < 3:
            expect(words).to_contain_text("The VAE is given the same z")
            np.testing.assert_array_equal(own, other)
    assert latent_map.find_image(1) >= 0
    expect(words).to_contain_text("The AE shows the same image")
