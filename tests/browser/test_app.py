"""A user sees trained models at once, a retraining that is watched, and a reload that loses nothing."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.browser import MAP, PATIENCE, Server, assert_sound, settle
from tests.helpers.runs import found_in
from vae.data.dataset import Dataset
from vae.measure.quick_samples import load_quick_reference
from vae.measure.realism import load_realism
from vae.models.judge import fitting_judge
from vae.storage.checkpoints import list_checkpoints
from vae.storage.claims import claim_unused, release

expect.set_options(timeout=PATIENCE)


def metrics(page: Page) -> dict[str, str]:
    """The numbers of the before-and-after panel, by label."""
    found = page.locator(".st-key-before_after [data-testid=stMetric]").all()
    return {
        one.locator("[data-testid=stMetricLabel]").inner_text().strip(): one.locator(
            "[data-testid=stMetricValue]"
        ).inner_text()
        for one in found
    }


def test_ten_seconds_at_another_beta_are_watched_and_say_what_beta_did(
    own_server: Server, page: Page, mnist: Dataset
) -> None:
    fitting = fitting_judge(mnist)
    assert fitting is not None
    load_quick_reference(mnist, load_realism(mnist, fitting[0]))  # the worker finds them on disk
    page.goto(f"{own_server.url}/?beta=8")
    page.wait_for_selector(MAP)
    settle(page)
    page.locator(".st-key-retrain button").click()

    panel = page.locator(".st-key-before_after")
    now, share = panel.locator("canvas.map").nth(1), panel.locator(".curves canvas").first
    expect(panel.get_by_text("Now training: vae-2d-beta8")).to_be_visible()
    expect(panel.get_by_text("on its way to 8")).to_be_visible()
    # The points have moved while it still trains.
    expect(now).to_have_attribute("aria-label", re.compile(r"moved by (0\.[1-9]|0\.0[1-9]|[1-9])"))
    expect(panel.get_by_text("Now training: vae-2d-beta8")).to_be_visible()

    expect(panel.get_by_text("Before and after: vae-2d → vae-2d-beta8")).to_be_visible()
    expect(panel.get_by_text("The two models differ in β alone (1 and 8).")).to_be_visible()
    values = re.search(
        r"^Realistic, of 200 samples: \d+% → \d+%, (\d+) values$", share.get_attribute("aria-label") or ""
    )
    assert values is not None
    assert int(values[1]) >= 4
    # Every number is there, once the worker has measured 5,000 samples of each model.
    numbers = panel.locator("[data-testid=stMetric]")
    expect(numbers.nth(1).locator("[data-testid=stMetricDelta]")).to_be_visible()
    told = {label: delta for label, delta in deltas(page).items() if delta}
    assert set(told) == {"Realistic, of 5,000 samples", "Fréchet distance", "Reconstruction loss, nats", "KL, nats"}
    assert told["KL, nats"].startswith("-")
    assert told["Reconstruction loss, nats"].startswith("+")
    assert told["Reconstruction loss, nats"].endswith("worse")
    expect(panel.get_by_text(re.compile(r"more steps at β 1 instead would have changed"))).to_be_visible()
    assert_sound(page)


def deltas(page: Page) -> dict[str, str]:
    """The changes in the before-and-after panel, by label."""
    found = page.locator(".st-key-before_after [data-testid=stMetric]").all()
    return {
        one.locator("[data-testid=stMetricLabel]").inner_text().strip(): "".join(
            one.locator("[data-testid=stMetricDelta]").all_inner_texts()
        ).strip()
        for one in found
    }


def test_move_beta_retrain_watch_and_compare(own_server: Server, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.goto(own_server.url)
    page.wait_for_selector(MAP)
    expect(page.get_by_text("AE ae-2d, 2-D codes, not projected", exact=True)).to_be_visible()
    expect(page.get_by_text("VAE vae-2d, 2-D codes, not projected", exact=True)).to_be_visible()
    settle(page)
    assert_sound(page)

    slider = page.locator(".st-key-beta input[type=range]")
    slider.focus()
    for _ in range(11):  # 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"beta=8(\.0)?(&|$)"))
    expect(page.get_by_text("The KL dominates.")).to_be_visible()
    page.locator(".st-key-budget input").click()
    page.get_by_role("option", name="epochs").click()
    epochs = page.locator(".st-key-epochs input")
    epochs.fill("2")
    epochs.press("Enter")
    settle(page)
    page.locator(".st-key-retrain button").click()

    expect(page.locator(".st-key-run_status").get_by_text(re.compile(r"vae-2d-beta8: \d+%"))).to_be_visible()

    panel = page.locator(".st-key-before_after")
    expect(panel.get_by_text("Before and after: vae-2d → vae-2d-beta8")).to_be_visible()
    expect(panel.get_by_text("The two models differ in β alone (1 and 8).")).to_be_visible()
    expect(panel.locator("img.samples")).to_have_count(2)
    page.wait_for_selector(MAP)
    settle(page)
    expect(page.get_by_text("VAE vae-2d-beta8, 2-D codes, not projected", exact=True)).to_be_visible()
    assert_sound(page)
    shown = metrics(page)
    monkeypatch.setenv("VAE_CHECKPOINTS", str(own_server.checkpoints))
    after = next(c for c in list_checkpoints()[0] if c.name == "vae-2d-beta8")
    assert shown["KL, nats"] == f"{after.metric('test_kl'):.2f}"
    assert after.epochs_done == 2

    # The run has left its film: the same images' codes after every epoch.
    page.locator(".way").select_option("epochs")
    expect(page.locator(".where")).to_have_text("epoch 2")
    page.locator(".progress").fill("0")
    expect(page.locator(".where")).to_have_text("epoch 1")
    expect(page.locator(".note")).to_contain_text("the first 2,000 test images after each epoch")

    # A reload loses nothing: the models, β and the comparison are in the address.
    page.reload()
    expect(panel.get_by_text("Before and after: vae-2d → vae-2d-beta8")).to_be_visible()
    settle(page)
    assert metrics(page) == shown
    assert "beta=8" in page.url
    expect(slider).to_have_attribute("aria-valuetext", "8")

    # So does a click on another page, also the first one after the reload.
    page.get_by_role("link", name="Samples and reconstructions").click()
    expect(page.get_by_text("VAE vae-2d-beta8: 64 samples with z ~ N(0, I)")).to_be_visible()
    settle(page)
    expect(panel.get_by_text("Before and after: vae-2d → vae-2d-beta8")).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", "8")
    assert_sound(page)


def test_cancel_keeps_the_models_and_a_killed_server_leaves_nothing_behind(
    own_server: Server, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(own_server.url)
    settle(page)
    page.locator(".st-key-seconds input").fill("600")
    page.locator(".st-key-seconds input").press("Enter")
    settle(page)
    page.locator(".st-key-retrain button").click()
    expect(page.locator(".st-key-run_status").get_by_text(re.compile(r"\d+%"))).to_be_visible()
    page.locator(".st-key-cancel button").click()
    expect(page.get_by_text(re.compile("was cancelled"))).to_be_visible()
    expect(page.locator(".st-key-retrain button")).to_be_enabled()
    settle(page)

    # Pressed again, without a word to the widgets before it: numbers and samples of every epoch, also on a page that
    # was opened again while it trains.
    page.locator(".st-key-retrain button").click()
    status = page.locator(".st-key-run_status")
    for again in (False, True):
        if again:
            page.reload()
        said = re.compile(r"After epoch \d: reconstruction loss [\d.]+ and KL [\d.]+ nats")
        expect(status.get_by_text(said)).to_be_visible()
        expect(page.locator(".before-now img.samples")).to_have_count(2)
        expect(page.locator(".st-key-cancel")).to_be_visible()

    # The server is stopped after the first epoch.
    (worker,) = children(own_server.process.pid)
    own_server.process.kill()  # the hardest way to stop: it can tell nobody
    own_server.process.wait(20)
    for _ in range(200):
        if not alive(worker):
            break
        time.sleep(0.1)
    assert not alive(worker)
    monkeypatch.setenv("VAE_CHECKPOINTS", str(own_server.checkpoints))
    release(claim_unused("next"))  # whoever works here next clears up
    assert all((own_server.checkpoints / name).is_dir() for name in found_in(own_server.checkpoints))
    sound, damaged = list_checkpoints()
    assert damaged == []
    assert any(not checkpoint.finished for checkpoint in sound)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")  # one for each of its threads
    return [int(child) for path in lists for child in path.read_text().split()]


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and " Z " not in stat.read_text()


def test_a_link_opens_its_view_on_a_server_that_nobody_has_visited(own_server: Server, page: Page) -> None:
    page.goto(f"{own_server.url}/samples?beta=3.5&ae=ae-20d&vae=vae-20d")
    expect(page.locator(".st-key-beta input[type=range]")).to_have_attribute("aria-valuetext", "3.5")
    expect(page.get_by_text("VAE vae-20d: 64 samples with z ~ N(0, I)")).to_be_visible()
