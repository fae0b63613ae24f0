"""The walls of random latents: picked with the mouse and the keyboard, kept, and shown beside training images."""

from playwright.sync_api import Page, expect

from tests.helpers.browser import PATIENCE, Server, assert_sound, settle

expect.set_options(timeout=PATIENCE)


def test_samples_are_picked_with_mouse_and_keyboard_and_kept(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/random_latents?random_count=36&sizes=compared+pair+alone")
    page.wait_for_selector(".wall[data-ready]")
    settle(page)
    ae, vae = page.locator(".st-key-wall_ae"), page.locator(".st-key-wall_vae")
    buttons = vae.locator(".cells button")
    expect(buttons).to_have_count(36)
    buttons.first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    expect(buttons.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(vae.locator(".count")).to_have_text("1 picked")
    expect(page.locator(".st-key-keep button")).to_contain_text("Keep 1 picked")
    settle(page)
    expect(buttons.nth(1)).to_be_focused()
    ae.locator(".cells button").last.click()
    keep = page.locator(".st-key-keep button")
    expect(keep).to_contain_text("Keep 2 picked")
    keep.click()
    page.get_by_text("You have kept 2 samples").wait_for()
    settle(page)
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    # A new draw has nothing picked, and what was kept stays.
    seed = page.locator(".st-key-random_seed input")
    seed.fill("7")
    seed.press("Enter")
    expect(vae.locator(".cells button[aria-pressed=true]")).to_have_count(0)
    page.get_by_text("You have kept 2 samples").wait_for()
    # Back at the first one, browser and server are of one mind about it.
    seed.fill("0")
    seed.press("Enter")
    expect(vae.locator(".cells button[aria-pressed=true]")).to_have_count(1)
    expect(keep).to_contain_text("Keep 2 picked")
    assert_sound(page)
