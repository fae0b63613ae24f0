"""Every page at five widths in both themes, on one sheet for each width and theme, to look at.

    python -m docs.contact_sheet [--out contact-sheets] [--widths 390 1440] [--themes dark] [--pages draw runs]

A page is as long as its content. Beside the sheets lie the pages themselves, in `pages/`. Git ignores the folder.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from tests.helpers.app import SHIPPED
from tests.helpers.browser import ARGUMENTS, CHROMIUM, FIGURES, PATIENCE, address, serve, settle, theme

# Widths of a telephone, a tablet, a projector, a laptop and a desk, with the heights of their screens.
SCREENS = {390: 844, 768: 1024, 1024: 768, 1440: 900, 1920: 1080}
THEMES = ("light", "dark")
LONGEST = 6_000  # pixels of a page
COLUMN = 480  # pixels a page is wide on the sheet, or its own width if that is less
GAP = 16
TITLE = 24
NAMES = {address(page).removeprefix("/") or "latent_spaces": page for page in FIGURES}
CONTENT = """() => Math.max(
    ...["stMain", "stSidebarContent"].map((part) => document.querySelector(`[data-testid=${part}]`)?.scrollHeight ?? 0)
)"""


def main() -> None:
    """Take all pictures, and write a sheet for each width and theme."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("contact-sheets"))
    parser.add_argument("--widths", type=int, nargs="+", choices=SCREENS, default=list(SCREENS))
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--pages", nargs="+", choices=sorted(NAMES), default=list(NAMES))
    asked = parser.parse_args()
    taken = take(asked.out / "pages", asked.pages, asked.widths, asked.themes)
    for (width, scheme), pictures in taken.items():
        path = asked.out / f"{width}-{scheme}.png"
        sheet(pictures).save(path)
        print(path)


def take(
    folder: Path, names: list[str], widths: list[int], themes: list[str]
) -> dict[tuple[int, str], dict[str, Path]]:
    """Photograph pages and return the files by width and theme, and by the name of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[tuple[int, str], dict[str, Path]] = {(width, scheme): {} for width in widths for scheme in themes}
    with _window() as (window, url):
        for name in names:
            page = NAMES[name]
            window.set_viewport_size({"width": 1440, "height": 900})
            window.goto(f"{url}{address(page)}")
            window.locator(FIGURES[page]).first.wait_for()
            settle(window)
            for width in widths:
                _fit(window, width)
                for scheme in themes:
                    theme(window, scheme)
                    found[width, scheme][name] = folder / f"{name}-{width}-{scheme}.png"
                    window.screenshot(path=found[width, scheme][name])
    return found


@contextmanager
def _window() -> Iterator[tuple[Page, str]]:
    """Open a window, and a server of all shipped models for it."""
    models = sorted(path.name for path in SHIPPED.iterdir() if (path / "config.json").exists())
    with TemporaryDirectory() as place, contextmanager(serve)(Path(place), models) as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        window = browser.new_page()
        window.set_default_timeout(PATIENCE)
        yield window, server.url
        browser.close()


def sheet(pictures: dict[str, Path]) -> Image.Image:
    """Return pictures side by side under their names, in rows of equal width, as long as they are."""
    shown = {name: _column(Image.open(path).convert("RGB")) for name, path in pictures.items()}
    columns = max(1, round(len(shown) ** 0.5 * 1.4))
    names = list(shown)
    rows = [names[start : start + columns] for start in range(0, len(names), columns)]
    wide = max(image.width for image in shown.values()) + GAP
    high = [max(shown[name].height for name in row) + TITLE + GAP for row in rows]
    found = Image.new("RGB", (wide * columns + GAP, sum(high) + GAP), "#808080")
    brush = ImageDraw.Draw(found)
    for number, row in enumerate(rows):
        top = GAP + sum(high[:number])
        for place, name in enumerate(row):
            brush.text((GAP + place * wide, top), name, fill="white", font_size=18)
            found.paste(shown[name], (GAP + place * wide, top + TITLE))
    return found


def _fit(window: Page, width: int) -> None:
    """Make a window as wide as asked, and as high as the page that is in it."""
    window.set_viewport_size({"width": width, "height": SCREENS[width]})
    window.wait_for_timeout(1_000)  # charts follow a window with a delay
    window.set_viewport_size({"width": width, "height": min(LONGEST, max(SCREENS[width], window.evaluate(CONTENT)))})
    window.wait_for_timeout(1_000)
    settle(window)


def _column(picture: Image.Image) -> Image.Image:
    width = min(COLUMN, picture.width)
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
