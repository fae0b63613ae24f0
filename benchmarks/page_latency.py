"""How much slower is a page while a model trains? A widget's change until it is drawn, in headless Chromium.

    python benchmarks/page_latency.py [--quick] [--json]

On the samples page of the 2-D pair it takes the time from the click on the next twelve test images until their
reconstructions are on the screen, in rounds without a run, with one, and without again.

- `latency_ratio`: the median with a run over the median without.
"""

import re
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

import torch
from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import arguments, machine, report
from tests.helpers.browser import ARGUMENTS, CHROMIUM, PATIENCE, serve, settle

CHANGE = """() => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('nothing was drawn within a minute')), 60_000);
    const picture = () => document.querySelector('.js-plotly-plot image')?.href.baseVal;
    const before = picture(), start = performance.now();
    const look = () => {
        const now = picture();
        if (now && now !== before) resolve(performance.now() - start);
        else requestAnimationFrame(look);
    };
    document.querySelector('.st-key-first_image [data-testid=stNumberInputStepUp]').click();
    look();
})"""


def changes(page: Page, count: int) -> list[float]:
    """Measure `count` changes, one after the other, in milliseconds."""
    times = []
    for _ in range(count):
        times.append(float(page.evaluate(CHANGE)))
        settle(page)
        page.wait_for_timeout(300)
    return times


def begin_run(page: Page) -> None:
    """Start a run that outlasts the measurement, and wait until it trains."""
    seconds = page.locator(".st-key-seconds input")
    seconds.fill("600")
    seconds.press("Enter")
    settle(page)
    page.locator(".st-key-retrain button").click()
    page.locator(".st-key-run_status").get_by_text(re.compile(r"\d+%")).wait_for()
    page.wait_for_timeout(2_000)


def end_run(page: Page) -> None:
    """Cancel the run and wait until it has ended."""
    page.locator(".st-key-cancel button").click()
    page.get_by_text("was cancelled").first.wait_for()
    settle(page)


def measure(page: Page, rounds: int, count: int) -> dict[str, list[float]]:
    """Measure rounds of changes without and with a run, in milliseconds, after three changes that warm the page up."""
    changes(page, 3)
    times: dict[str, list[float]] = {"idle": changes(page, count), "training": []}
    for _ in range(rounds):
        begin_run(page)
        times["training"] += changes(page, count)
        end_run(page)
        times["idle"] += changes(page, count)
    return times


def main() -> None:
    """Run the benchmark and print its result."""
    args = arguments(__doc__.split("\n", 1)[0])
    if CHROMIUM is None:
        raise SystemExit("benchmarks/page_latency.py: no Chromium on this machine (Debian: apt-get install chromium)")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        for app in serve(Path(folder)):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            page.set_default_timeout(PATIENCE)
            page.goto(f"{app.url}/samples")
            page.wait_for_selector(".js-plotly-plot image")
            settle(page)
            times = measure(page, rounds=1 if args.quick else 3, count=6 if args.quick else 10)
            browser.close()
    medians = {name: statistics.median(values) for name, values in times.items()}
    result: dict[str, Any] = {
        "latency_ratio": round(medians["training"] / medians["idle"], 2),
        "idle_ms_median": round(medians["idle"], 1),
        "training_ms_median": round(medians["training"], 1),
        "changes": {name: len(values) for name, values in times.items()},
        "goal": "latency_ratio under 2",
        "machine": machine(torch.device("cpu")),
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
