"""Make the README's pictures by opening the app in headless Chromium.

    python -m docs.make_pictures [NAME ...]

Without a name all of them are made, in some four minutes on two cores. `map` is the picture at the head of the README,
light and dark, and `film` the film below it. Any other name is that of a page's file without its number, such as `tour`
or `edit_a_code`, and stands for the page's thumbnail. The app runs on a copy of the project's checkpoints.
"""

import argparse
import io
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from benchmarks.server import serve
from docs.film import box_of, make_film
from tests.helpers.browser import ARGUMENTS, CHROMIUM, MAP, PATIENCE, settle
from vae.folders import ROOT
from vae.ui.frame.pages import LATENT_SPACES, PAGES
from vae.ui.frame.pages import Page as AppPage

PICTURES = ROOT / "docs" / "pictures"
THUMBNAIL = (320, 200)
# What the main figure of a page may be, and how far below the page's question it may begin, in pixels.
FIGURES = (
    ".map, .ladder, .every, .wall, .sliders, .drawing, .js-plotly-plot, [data-testid=stImage], "
    "[data-testid=stDataFrame], [data-testid=stImageContainer], canvas, svg.figure"
)
REACH, LEAST = 450, 100
QUIET, LOOKS = 700, 60  # milliseconds between two looks at a page that has to stay as it is, and how many at most


def stem(page: AppPage) -> str:
    """Return the name of a page's file without its number, which its thumbnail has too."""
    return "latent_spaces" if page == LATENT_SPACES else Path(page.path).stem.split("_", 1)[1]


@contextmanager
def opened(
    browser: Browser, url: str, size: tuple[int, int], scheme: str = "light", scale: float = 1
) -> Iterator[Page]:
    """Open an address in a window of its own, and wait for its title."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=scale,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.wait_for_selector("h1")
    yield page
    context.close()


def at_rest(page: Page) -> None:
    """Wait until the page has looked the same twice in a row."""
    last = b""
    for _ in range(LOOKS):
        settle(page)
        page.wait_for_timeout(QUIET)
        now = page.screenshot(animations="disabled", caret="hide")
        if now == last:
            return
        last = now


def picture_of(page: Page, clip: FloatRect) -> Image.Image:
    """Return a part of a page as a picture."""
    shot = page.screenshot(clip=clip, animations="disabled", caret="hide")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def make_map(browser: Browser, url: str) -> None:
    """Make the picture at the head of the README: both maps, decoded images behind the codes, and samples."""
    for scheme in ("light", "dark"):
        with opened(browser, url, (1440, 1000), scheme, scale=1.5) as page:
            page.wait_for_selector(MAP)
            settle(page)
            page.locator(".background").select_option("mosaic")
            page.get_by_role("button", name="Sample", exact=True).click()
            page.wait_for_selector(".walls[data-ready]")
            page.mouse.move(1, 1)
            at_rest(page)
            top, walls, whole = (box_of(page, part) for part in (".titles", ".walls", ".map"))
            bottom = walls["y"] + walls["height"]
            clip = FloatRect(x=whole["x"] - 8, y=top["y"] - 4, width=whole["width"] + 12, height=bottom - top["y"] + 6)
            picture_of(page, clip).save(PICTURES / f"latent-spaces-{scheme}.webp", quality=80, method=6)


def make_thumbnail(browser: Browser, url: str, page: AppPage) -> None:
    """Make a page's thumbnail, which shows its main figure, or what stands below its question."""
    address = url if page == LATENT_SPACES else f"{url}/{stem(page)}"
    with opened(browser, address, (1260, 1500)) as window:
        at_rest(window)
        clip = _figure(window, page.question)
        picture = picture_of(window, clip)
        if not any(picture.convert("L").histogram()[:200]):  # nothing is drawn there: it is shown from its title on
            clip["y"] = box_of(window, "h1")["y"]
            picture = picture_of(window, clip)
        picture = picture.resize(THUMBNAIL, Image.Resampling.LANCZOS)
        picture.save(PICTURES / f"{stem(page)}.webp", quality=72, method=6)


def _figure(page: Page, question: str) -> FloatRect:
    """Return the part of a page that its thumbnail shows, in the thumbnail's proportions."""
    main = box_of(page, "[data-testid=stMainBlockContainer] [data-testid=stVerticalBlock]")
    asked = box_of(page, f'[data-testid=stElementContainer]:has-text("{question}")')
    below = asked["y"] + asked["height"]
    found = [
        box
        for one in page.locator(f"[data-testid=stMainBlockContainer] :is({FIGURES})").all()
        if (box := one.bounding_box()) and box["height"] >= LEAST and below <= box["y"] <= below + REACH
    ]
    top = min((box["y"] for box in found), default=below) - 4
    return FloatRect(x=main["x"], y=top, width=main["width"], height=main["width"] * THUMBNAIL[1] / THUMBNAIL[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures that are named, or all, and say how long each took and how large it is."""
    by_name = {stem(page): page for page in PAGES}
    parser = argparse.ArgumentParser(prog="python -m docs.make_pictures", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of map, film, {', '.join(by_name)}")
    names = parser.parse_args(arguments).names or ["map", "film", *by_name]
    if unknown := set(names) - {"map", "film", *by_name}:
        parser.error(f"there is no picture called {', '.join(sorted(unknown))}")
    if CHROMIUM is None:
        parser.error("there is no Chromium on this machine (Debian: apt-get install chromium)")
    PICTURES.mkdir(exist_ok=True)
    failed: list[str] = []
    with serve(ROOT) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name in names:
            began = time.monotonic()
            try:
                if name == "map":
                    make_map(browser, app.url)
                elif name == "film":
                    make_film(browser, app.url, PICTURES)
                else:
                    make_thumbnail(browser, app.url, by_name[name])
            except (BrowserError, ValueError) as error:
                failed.append(f"{name} could not be made: {str(error).splitlines()[0]}")
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        browser.close()
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")
    print(*failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
