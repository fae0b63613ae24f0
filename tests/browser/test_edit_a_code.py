"""A code's sliders: the decode follows them without the server, which hears of it when one is let go."""

import json
import os
import signal

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.helpers.browser import PATIENCE, READ, Server, assert_sound, settle
from vae.data.dataset import Dataset
from vae.models.codes import decode_latents, encode_images
from vae.storage.checkpoints import load
from vae.storage.models import load_model

expect.set_options(timeout=PATIENCE)


def test_the_decode_follows_a_slider_without_the_server_and_the_ledger_when_it_is_back(
    server: Server, page: Page, mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAE_CHECKPOINTS", str(server.checkpoints))
    page.goto(f"{server.url}/edit_a_code")
    page.wait_for_selector(".sliders[data-ready]")
    expect(page.locator(".st-key-five_ledger_VAE .js-plotly-plot")).to_be_visible()
    settle(page)
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        for word, name in (("AE", "ae-5d"), ("VAE", "vae-5d")):
            model = load_model(load(name))
            code = encode_images(model, mnist.test_images[:1])[0]
            panel = page.get_by_role("region", name=f"{word}: {name}")
            slider = panel.get_by_role("slider").nth(1)
            number = int((slider.get_attribute("aria-label") or "")[1]) - 1
            slider.focus()
            for _ in range(12):
                slider.press("ArrowRight")
            page.wait_for_function(
                "([panel, number, code]) => JSON.parse(panel.dataset.latent)[number] > code",
                arg=[panel.element_handle(), number, float(code[number])],
            )
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            latent = np.array(json.loads(panel.get_attribute("data-latent") or ""), np.float32)
            np.testing.assert_allclose(np.delete(latent, number), np.delete(code, number), atol=1e-4)
            shown = np.array(panel.locator(".decode").evaluate(READ))
            before, expected = decode_latents(model, np.stack([code, latent])).reshape(2, -1).astype(int)
            assert np.abs(shown - expected).max() <= 2
            assert np.abs(shown - before).max() > 20
    finally:
        os.kill(server.process.pid, signal.SIGCONT)

    moved = page.locator("td", has_text="where the sliders stand")
    expect(moved).to_have_count(2)
    # The keyboard stays where it was, and a change of page loses nothing.
    assert panel.locator("input:focus").count() == 1
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.get_by_text("Look into images", exact=True).click()
    page.get_by_role("link", name="Edit a code").click()
    expect(moved).to_have_count(2)
    assert json.loads(panel.get_attribute("data-latent") or "") == pytest.approx(latent)
    panel.get_by_role("button", name="Reset all to the code").press("Enter")
    expect(moved).to_have_count(1)
    assert json.loads(panel.get_attribute("data-latent") or "") == pytest.approx(code, abs=1e-4)
    assert_sound(page)
