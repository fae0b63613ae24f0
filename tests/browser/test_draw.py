"""A 7 drawn with the mouse is read as a 7 and lands among the sevens; the canvas keeps what is on it."""

import re
from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.helpers.browser import PATIENCE, Server, assert_sound, settle

expect.set_options(timeout=PATIENCE)
SEVEN = [(70, 70), (130, 66), (200, 70), (170, 130), (145, 180), (125, 230)]  # of 280 × 280


def draw(page: Page, corners: Sequence[tuple[float, float]]) -> None:
    canvas = page.locator(".drawing canvas")
    box = canvas.bounding_box()
    assert box is not None
    scale = box["width"] / 280
    places = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def assert_among_sevens(page: Page) -> None:
    """In both maps more than half of the 20 nearest codes are those of sevens."""
    expect(page.get_by_text(re.compile(r"reads 7 \("))).to_be_visible()
    expect(page.locator(".st-key-draw_maps .js-plotly-plot").first).to_be_visible()
    most = "(1[1-9]|20) × 7"
    nearest = page.locator("p", has_text="Of the 20 nearest codes")
    expect(nearest).to_contain_text(re.compile(rf"\bAE: {most}.*\bVAE: {most}"))


def test_a_seven_drawn_with_the_mouse_is_read_as_one_among_sevens(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/draw?ae=ae-20d&vae=vae-20d")
    page.wait_for_selector(".drawing")
    settle(page)
    expect(page.get_by_text("Draw something with the mouse")).to_be_visible()
    assert page.locator(".js-plotly-plot").count() == 0
    draw(page, SEVEN)
    assert_among_sevens(page)
    settle(page)
    assert_sound(page)


def test_the_drawing_outlives_a_change_of_page_and_can_be_taken_back_or_made_with_the_keyboard(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.url}/draw")
    page.wait_for_selector(".drawing")
    draw(page, SEVEN)
    read = page.get_by_text(re.compile(r"reads 7 \("))
    invitation = page.get_by_text("Draw something with the mouse")
    assert_among_sevens(page)
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.get_by_text("Look into images", exact=True).click()
    page.get_by_role("link", name="Draw").click()
    expect(read).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(invitation).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(read).to_be_visible()
    # All of it can be rubbed out, and the empty canvas is one.
    page.get_by_role("button", name="Eraser").click()
    page.locator(".drawing .width").fill("44")
    for _ in range(2):
        draw(page, SEVEN)
    expect(invitation).to_be_visible()

    page.get_by_role("button", name="Pen", exact=True).click()
    page.locator(".drawing .width").fill("20")
    page.locator(".drawing canvas").focus()
    # From the middle down, and on with the pen lifted.
    for key in ["Space", *["ArrowDown"] * 10, "Space", *["ArrowRight"] * 10]:
        page.keyboard.press(key)
    expect(page.get_by_text(re.compile(r"reads 1 \("))).to_be_visible()
