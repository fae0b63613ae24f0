"""How long does one person wait for the app in a browser, and does the page move while it is drawn?

    python benchmarks/app.py [--project PATH] [--quick] [--json]

In headless Chromium, 1440 × 900, one visitor of one server; `--project` runs another checkout's app by the same script.

- `first_page_seconds`: from `streamlit run` until the first page's map is drawn and the script at rest, the median of
  three servers, each with a browser that has nothing in its cache. A server before them reads the files once.
- `page_switch_median_seconds`, `page_switch_p95_seconds`: from the click in the sidebar until the new page's title is
  there and the script at rest, over all pages, the second time round.
- `layout_shift`: cumulative layout shift by page, opened by its address for the second time, until it is at rest.
  `layout_shift_of_content`: without the shift of the whole, empty page when Streamlit mounts the sidebar, which is 0.24
  in any app that has one. `layout_shift_sources`: what moved, by the three largest shifts of content above a fiftieth.
- `action_seconds`: from an input until the script is at rest and the pictures are drawn, the median of several times
  after a first one with other values. `drawn_seconds`: until each part of the page was drawn. `failed`: actions that
  could not be done.
"""

import argparse
import math
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

import torch
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from benchmarks.actions import ACTIONS, Action
from benchmarks.machine import add_arguments, machine, report
from benchmarks.server import Server, ServerError, serve
from benchmarks.window import Shift, Times, cumulative, opened, rest, shifts, timed
from tests.helpers.browser import ARGUMENTS, CHROMIUM, MAP, settle
from vae.ui.frame.pages import LATENT_SPACES, SECTIONS
from vae.ui.frame.pages import Page as AppPage

ALL = [(heading, page) for heading, group in SECTIONS.items() for page in group]
QUIET = 1_000  # milliseconds without a run, after which a page is as it stays
TOLD = 0.02
RETRAINED = "vae-2d-beta4"
GOALS = {
    "first_page_seconds": 3.0,
    "page_switch_median_seconds": 0.3,
    "page_switch_p95_seconds": 0.8,
    "layout_shift": 0.1,
    "action_seconds": 1.0,
}


def address(app: Server, page: AppPage) -> str:
    """Return the address of a page."""
    stem = Path(page.path).stem.split("_", 1)[1]
    return app.url if page == LATENT_SPACES else f"{app.url}/{stem}"


def first_page(browser: Browser, project: Path) -> float:
    """Measure the seconds from the start of a server until its first page is drawn and at rest."""
    with opened(browser) as page, serve(project) as app:
        page.goto(app.url)
        page.wait_for_selector(MAP)
        settle(page)
        return time.perf_counter() - app.began


def switch(page: Page, heading: str, to: AppPage) -> float:
    """Go to a page by the sidebar; return the seconds until its title is there and its script at rest."""
    link = page.locator("[data-testid=stSidebar]").get_by_role("link", name=to.title, exact=True)
    if heading and not link.is_visible():
        page.locator("[data-testid=stSidebar]").get_by_text(heading, exact=True).click()
        link.wait_for()
        page.wait_for_timeout(300)
    times = timed(page, {"title": "h1"}, link.click)
    assert page.locator("h1").first.inner_text().strip() == to.title
    return times.all


def switches(page: Page, app: Server, through: Sequence[tuple[str, AppPage]]) -> dict[str, float]:
    """Go round the pages twice; return the seconds of the second round by page."""
    page.goto(app.url)
    rest(page, QUIET)
    found: dict[str, float] = {}
    here = [one for _, one in through].index(LATENT_SPACES)
    for _ in range(2):
        for heading, to in (*through[here + 1 :], *through[: here + 1]):
            found[to.title] = switch(page, heading, to)
            rest(page)
    return found


def layout_shifts(page: Page, app: Server, through: Sequence[tuple[str, AppPage]]) -> dict[str, list[Shift]]:
    """Open every page by its address; return its layout shifts."""
    found = {}
    for _, one in through:
        page.goto(address(app, one))
        rest(page, QUIET)
        found[one.title] = shifts(page)
    return found


def shift_figures(found: dict[str, list[Shift]]) -> dict[str, dict[str, Any]]:
    """Return the cumulative layout shifts by page, those of the content alone, and what moved."""
    content = {page: [shift for shift in each if not shift.is_of_the_frame] for page, each in found.items()}
    largest = {page: sorted(each, key=lambda shift: -shift.value)[:3] for page, each in content.items()}
    return {
        "layout_shift": {page: round(cumulative(each), 3) for page, each in found.items()},
        "layout_shift_of_content": {page: round(cumulative(each), 3) for page, each in content.items()},
        "layout_shift_sources": {
            page: [f"{shift.value:.3f}: {'; '.join(shift.sources)}" for shift in each if shift.value > TOLD]
            for page, each in largest.items()
        },
    }


def action(page: Page, app: Server, one: Action, count: int) -> list[Times]:
    """Do something once with other values and then `count` times; return what it took from the second time on."""
    page.goto(address(app, one.page))
    rest(page, QUIET)
    times = []
    for number in range(count + 1):
        if one.before:
            one.before(page, number)
            rest(page)
        times.append(timed(page, one.parts, partial(one.act, page, number)))
        rest(page)
    return times[1:]


def retrain(page: Page, app: Server) -> None:
    """Train a VAE at β 4 for a second, and wait until it is compared and its samples are measured."""
    page.goto(f"{app.url}/?beta=4")
    rest(page, QUIET)
    seconds = page.locator(".st-key-seconds input")
    seconds.fill("1")
    seconds.press("Enter")
    settle(page)
    page.locator(".st-key-retrain button").click()
    panel = page.locator(".st-key-before_after")
    panel.get_by_text(f"→ {RETRAINED}").first.wait_for()
    panel.get_by_text(re.compile("more steps at β 1 instead would have")).wait_for()
    rest(page, QUIET)


def close(page: Page, app: Server, count: int) -> list[Times]:
    """Retrain, and close the comparison of before and after so often, each time after its address has opened it."""
    retrain(page, app)
    times = []
    for _ in range(count + 1):
        page.goto(f"{app.url}/?before=vae-2d&vae={RETRAINED}")
        button = page.locator(".st-key-close_before_after button").first  # the second closes the explanation
        button.wait_for()
        rest(page, QUIET)
        times.append(timed(page, {"panel": ".st-key-before_after"}, button.click))
    return times[1:]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the quantile of nearest rank."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def measured(wanted: dict[str, Callable[[], list[Times]]]) -> tuple[dict[str, list[Times]], dict[str, str]]:
    """Measure one action after the other; return the times, and why an action could not be done, by name."""
    done, failed = {}, {}
    for name, measure in wanted.items():
        try:
            done[name] = measure()
        except BrowserError as error:
            failed[name] = str(error).splitlines()[0]
    return done, failed


def visit(browser: Browser, project: Path, *, quick: bool) -> dict[str, Any]:
    """Measure switches, shifts and actions on one server."""
    through = ALL[::5] if quick else ALL
    count = 1 if quick else 5
    with opened(browser) as page, serve(project) as app:
        switched = switches(page, app, through)
        shifted = layout_shifts(page, app, through)
        wanted: dict[str, Callable[[], list[Times]]] = {}
        if not quick:
            wanted["Before and after: Close"] = partial(close, page, app, count)
        wanted |= {one.name: partial(action, page, app, one, count) for one in (ACTIONS[1::8] if quick else ACTIONS)}
        done, failed = measured(wanted)
    drawn = {
        f"{name}, {part}": round(statistics.median(each.drawn[part] for each in times), 2)
        for name, times in done.items()
        for part in times[0].drawn
    }
    return {
        "page_switch_median_seconds": round(statistics.median(switched.values()), 2),
        "page_switch_p95_seconds": round(quantile(list(switched.values()), 0.95), 2),
        "page_switch_seconds": {name: round(seconds, 2) for name, seconds in switched.items()},
        **shift_figures(shifted),
        "action_seconds": {
            name: round(statistics.median(each.all for each in times), 2) for name, times in done.items()
        },
        "drawn_seconds": drawn,
        "failed": failed,
    }


def main() -> None:
    """Run the benchmark and print its result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_arguments(parser)
    parser.add_argument("--project", type=Path, default=Path(__file__).resolve().parent.parent, help="whose app to run")
    args = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("benchmarks/app.py: no Chromium on this machine (Debian: apt-get install chromium)")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            starts = [first_page(browser, args.project) for _ in range(2 if args.quick else 4)][1:]
            found = visit(browser, args.project, quick=args.quick)
            browser.close()
    except (ServerError, BrowserError) as error:
        raise SystemExit(f"benchmarks/app.py: {error}") from None
    result = {"first_page_seconds": round(statistics.median(starts), 2), **found, "goals": GOALS}
    report(result | {"machine": machine(torch.device("cpu"))}, as_json=args.json)


if __name__ == "__main__":
    main()
