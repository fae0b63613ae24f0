"""The β slider: everything changes with it, at once, and without the server."""

import os
import signal

from playwright.sync_api import Page, expect

from tests.helpers.browser import PATIENCE, Server, assert_sound, settle

expect.set_options(timeout=PATIENCE)
# What a person sees: both pictures, the numbers, and the drawn map and bars.
SEEN = """() => {
  const found = [];
  const walk = (node) => {
    found.push(node);
    if (node.shadowRoot) walk(node.shadowRoot);
    for (const child of node.children ?? []) walk(child);
  };
  walk(document.querySelector(".st-key-ladder_slider"));
  const shown = found.filter((n) => n.tagName === "IMG" && !n.hidden).map((n) => n.src);
  const drawn = found.filter((n) => n.tagName === "CANVAS").map((n) => n.toDataURL());
  return { shown, drawn, numbers: found.find((n) => n.className === "live").textContent };
}"""


def test_everything_moves_with_beta_and_nothing_waits_for_the_server(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/beta")
    page.wait_for_selector(".ladder[data-ready='1']")
    settle(page)
    page.wait_for_selector(".js-plotly-plot")
    slider = page.locator(".ladder input[type=range]")
    slider.focus()
    seen = [page.evaluate(SEEN)]
    # Stopped, so that it can answer nothing.
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        for beta in ("2", "4", "8", "16"):
            slider.press("ArrowRight")
            page.wait_for_selector(f".ladder[data-ready='{beta}']")
            seen.append(page.evaluate(SEEN))
            assert seen[-1]["numbers"].startswith(f"β = {beta}: −ELBO = ")
        slider.press("Home")
        page.wait_for_selector(".ladder[data-ready='0']")
        seen.append(page.evaluate(SEEN))
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    for part in (0, 1):
        assert len({one["shown"][part] for one in seen}) == len(seen)
        assert len({one["drawn"][part] for one in seen}) == len(seen)
    assert all(len(one["shown"]) == 2 for one in seen)

    # Another z keeps the slider where it is.
    first = page.locator(".st-key-beta_seed input")
    first.fill("7")
    first.press("Enter")
    settle(page)
    page.wait_for_function(f"({SEEN})().shown[0] !== {seen[-1]['shown'][0]!r}")
    assert page.locator(".ladder[data-ready='0']").count() == 1
    after = page.evaluate(SEEN)
    assert after["shown"][1] == seen[-1]["shown"][1]

    # The form in the sidebar takes the slider's β when it is told to, and not before.
    retrain = page.locator(".st-key-beta input[type=range]")
    assert retrain.get_attribute("aria-valuetext") == "1"
    slider.press("End")
    page.get_by_role("button", name="Put β = 16 into the Retrain form").click()
    expect(retrain).to_have_attribute("aria-valuetext", "16")
    assert_sound(page)
