"""A window of Chromium that tells how long an input takes until its page is at rest and its pictures are drawn."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.helpers.browser import PATIENCE

SIZE = (1440, 900)
WATCH = (Path(__file__).parent / "watch.js").read_text(encoding="utf-8")
FRAME = ("stAppViewContainer", "stMainBlockContainer", "stMain ")
WINDOW_GAP, WINDOW_LENGTH = 1_000.0, 5_000.0  # milliseconds, https://web.dev/articles/cls


@dataclass(frozen=True)
class Times:
    """Seconds from the last input until the script was at rest, and until each part was drawn for the last time."""

    rest: float
    drawn: dict[str, float]

    @property
    def all(self) -> float:
        """The seconds until nothing changed any more."""
        return max([self.rest, *self.drawn.values()])


@dataclass(frozen=True)
class Shift:
    """One layout shift: milliseconds since the navigation, its score, and the elements that it moved."""

    time: float
    value: float
    sources: list[str]

    @property
    def is_of_the_frame(self) -> bool:
        """Whether Streamlit moves the whole page, which is empty then, because it has mounted the sidebar."""
        return all(source.startswith(FRAME) for source in self.sources)


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """Open a window with nothing in its cache."""
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH)
    yield page
    context.close()


def rest(page: Page, milliseconds: int = 500) -> None:
    """Wait until the page's script has not run for some time."""
    page.wait_for_function(
        """quiet => {
            const now = performance.now(), app = document.querySelector('[data-testid=stApp]');
            if (app?.dataset.testScriptState !== 'notRunning') window.benchRan = now;
            return now - (window.benchRan ??= now) > quiet;
        }""",
        arg=milliseconds,
    )


def timed(page: Page, parts: dict[str, str], act: Callable[[], Any], patience: float = PATIENCE) -> Times:
    """Do something and wait until the script is at rest and each of `parts`, selectors by label, was drawn anew.

    Raises:
        playwright.sync_api.Error: if a part stays as it was for `patience` milliseconds.
    """
    page.evaluate("parts => bench.start(parts)", parts)
    act()
    found = page.evaluate("patience => bench.finish(patience)", patience)
    return Times(found["rest"], found["drawn"])


def shifts(page: Page) -> list[Shift]:
    """Return the layout shifts since the navigation that followed no input."""
    return [Shift(**each) for each in page.evaluate("bench.shifts")]


def cumulative(found: list[Shift]) -> float:
    """Return the cumulative layout shift: the largest sum of a burst of shifts.

    A burst has less than a second between two shifts and lasts five seconds at most.
    """
    best = total = 0.0
    first = last = float("-inf")
    for shift in found:
        if shift.time - last >= WINDOW_GAP or shift.time - first >= WINDOW_LENGTH:
            first, total = shift.time, 0.0
        last = shift.time
        total += shift.value
        best = max(best, total)
    return best
