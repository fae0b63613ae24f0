"""The film of the README: the map under the pointer, samples dropped on it, and β moved from 0 to 16, in 20 seconds."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FloatRect, Page

from tests.helpers.browser import MAP, PATIENCE, settle

SIZE = (800, 500)
WINDOW = (1300, 900)
MOST_BYTES = 3_000_000
QUALITIES = (70, 60, 50, 40, 30, 20)  # the first of which the film is small enough is taken
STEP = 100  # milliseconds that a frame is seen while the pointer moves
RESTS, SAMPLED, RUNG, LAST_RUNG = 500, 2_500, 750, 1_750
# The way of the pointer: panel, share of its width and height, and frames until it is there.
WAY = (
    (1, 0.30, 0.60, 0),
    (1, 0.45, 0.30, 12),
    (1, 0.70, 0.40, 10),
    (1, 0.60, 0.75, 10),
    (1, 0.48, 0.52, 8),
    (0, 0.70, 0.70, 12),
    (0, 0.50, 0.30, 12),
    (0, 0.85, 0.15, 10),
)
ARROW = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))


class Frame(NamedTuple):
    """A picture of the film, and how long it is seen, in milliseconds."""

    picture: Image.Image
    milliseconds: int


@dataclass(frozen=True)
class Scene:
    """A part of a page that is filmed, and where the pointer is drawn in it."""

    page: Page
    clip: FloatRect

    def shoot(self, milliseconds: int, pointer: tuple[float, float] | None = None) -> Frame:
        """Take a picture of the scene, with an arrow where the pointer is."""
        picture = Image.open(io.BytesIO(self.page.screenshot(clip=self.clip))).convert("RGB")
        picture = picture.resize(SIZE, Image.Resampling.LANCZOS)
        if pointer is not None:
            scale = SIZE[0] / self.clip["width"]
            x, y = (pointer[0] - self.clip["x"]) * scale, (pointer[1] - self.clip["y"]) * scale
            ImageDraw.Draw(picture).polygon([(x + dx, y + dy) for dx, dy in ARROW], "white", "black")
        return Frame(picture, milliseconds)


def box_of(page: Page, selector: str) -> FloatRect:
    """Return where the first element of a selector is on the screen.

    Raises:
        ValueError: if there is none, or it is hidden.
    """
    box = page.locator(selector).first.bounding_box()
    if box is None:
        raise ValueError(f"Nothing on {page.url} is shown that matches {selector}.")
    return box


def make_film(browser: Browser, url: str, folder: Path) -> None:
    """Make `film.webp`, and `film-still.webp` for those who want no motion.

    Raises:
        ValueError: if the film is too large at every quality.
    """
    context = browser.new_context(viewport={"width": WINDOW[0], "height": WINDOW[1]}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    of_map = list(_map(page, url))
    frames = [*of_map, *_beta(page, url)]
    context.close()
    of_map[-1].picture.save(folder / "film-still.webp", quality=80, method=6)
    for quality in QUALITIES:
        film = _encoded(frames, quality)
        if len(film) < MOST_BYTES:
            (folder / "film.webp").write_bytes(film)
            seconds = sum(frame.milliseconds for frame in frames) / 1000
            print(f"film: {len(frames)} frames, {seconds:.1f} s, quality {quality}, {len(film) / 1000:.0f} kB")
            return
    raise ValueError(f"The film has {len(film):,} bytes at quality {QUALITIES[-1]}; film fewer frames.")


def _map(page: Page, url: str) -> Iterator[Frame]:
    """Film the map: the pointer goes over both panels, and then presses Sample."""
    page.goto(url)
    page.wait_for_selector(MAP)
    settle(page)
    scene = Scene(page, _clip(page, ".map"))
    stage = box_of(page, ".stage")

    def place(panel: float, across: float, down: float) -> tuple[float, float]:
        x = stage["x"] + (panel + 0.12 + 0.85 * across) * stage["width"] / 2
        return x, stage["y"] + 10 + down * (stage["height"] - 60)

    at = place(*WAY[0][:3])
    page.mouse.move(*at)
    yield scene.shoot(RESTS, at)
    for panel, across, down, frames in WAY[1:]:
        yield from _moved(scene, at, place(panel, across, down), frames)
        at = place(panel, across, down)
    box = box_of(page, "button.sample")
    there = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    yield from _moved(scene, at, there, 10)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_selector(".walls[data-ready]")
    page.wait_for_timeout(500)
    yield scene.shoot(SAMPLED, there)


def _moved(scene: Scene, start: tuple[float, float], end: tuple[float, float], frames: int) -> Iterator[Frame]:
    for number in range(1, frames + 1):
        share = number / frames
        share = share * share * (3 - 2 * share)  # it begins and ends slowly
        at = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
        scene.page.mouse.move(*at)
        yield scene.shoot(STEP, at)


def _beta(page: Page, url: str) -> Iterator[Frame]:
    """Film the slider of β, from its smallest to its largest."""
    page.goto(f"{url}/beta?beta_by=A ladder of VAEs")
    page.wait_for_selector(".ladder[data-ready]")
    settle(page)
    scene = Scene(page, _clip(page, ".ladder"))
    slider = page.locator(".ladder input[type=range]").first
    slider.focus()
    slider.press("Home")
    last = int(slider.get_attribute("max") or 0)
    for number in range(last + 1):
        page.wait_for_timeout(400)
        yield scene.shoot(LAST_RUNG if number == last else RUNG)
        slider.press("ArrowRight")


def _clip(page: Page, selector: str) -> FloatRect:
    """Return the upper part of an element, in the proportions of the film, scrolled into sight."""
    page.locator(selector).first.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(300)
    box = box_of(page, selector)
    return FloatRect(x=box["x"], y=box["y"], width=box["width"], height=box["width"] * SIZE[1] / SIZE[0])


def _encoded(frames: list[Frame], quality: int) -> bytes:
    buffer = io.BytesIO()
    first, *others = (frame.picture for frame in frames)
    durations = [frame.milliseconds for frame in frames]
    first.save(
        buffer, "WEBP", save_all=True, append_images=others, duration=durations, loop=0, quality=quality, method=4
    )
    return buffer.getvalue()
