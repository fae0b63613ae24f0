"""The latent map in headless Chromium: from pointer to drawn image, and bytes and time of the first load.

    python benchmarks/latent_map.py [--quick] [--json]

The first page with the shipped 2-D pair, a window of 1440 × 1000; keys are numbers of points in each panel.

- `decode_ms_median`, `decode_ms_p99`: from the delivery of a pointer event to the drawn image, both panels decoded.
- `input_ms_…`, `shown_ms_…`: from the event's own time to the drawn image, and to the second frame after it.
- `first_load_bytes`: all that the server sends through its socket until the map is drawn. Streamlit's own scripts,
  which the browser keeps, are not in it.
- `first_draw_ms`: from navigation to the drawn map, a browser without a cache, a server that has been visited before;
  `first_visit_ms` is that of the server's first visitor, for whom models and images are loaded.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

from benchmarks.machine import arguments, machine, report
from tests.helpers.browser import ARGUMENTS, CHROMIUM, PATIENCE, Server, serve

VIEWS = {"10000": "10,000 test images", "60000": "60,000 training images"}
GOALS = {"decode_ms_median": 8, "decode_ms_p99": 16, "first_load_bytes at 10,000 points": 3_000_000}
# `decode` is the time from the delivery of an event until all its listeners have run; the image under the pointer is
# drawn by then. `input` also counts the time before, in which the browser holds the event back until its next frame
# begins. `shown` ends two frames later, when the image is on the screen.
TIMES = """() => {
    window.times = {decode: [], input: [], shown: []};
    let began = 0;
    addEventListener('pointermove', () => { began = performance.now(); }, true);
    addEventListener('pointermove', (event) => {
        times.decode.push(performance.now() - began);
        times.input.push(performance.now() - event.timeStamp);
        requestAnimationFrame(() => requestAnimationFrame(() => times.shown.push(performance.now() - event.timeStamp)));
    });
}"""


@contextmanager
def server() -> Iterator[Server]:
    """Serve the app on copies of the shipped pairs until the block ends."""
    with TemporaryDirectory() as folder:
        yield from serve(Path(folder))


def visit(browser: Browser, url: str, moves: int) -> dict[str, float]:
    """Visit as a new visitor and move the pointer over the map `moves` times.

    Returns:
        The milliseconds and the bytes received until the map is drawn, and the times of `move_pointer`.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sizes: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: sizes.append(len(payload)))

    page.on("websocket", listen)
    page.goto(url)
    page.wait_for_selector(".map[data-ready]")
    found = {"first_draw_ms": float(page.evaluate("performance.now()")), "first_load_bytes": float(sum(sizes))}
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    found |= move_pointer(page, moves)
    context.close()
    return found


def move_pointer(page: Page, moves: int) -> dict[str, float]:
    """Move the pointer over both panels, one place every 24 ms (a frame and a half at 60 Hz).

    Returns:
        The median and the 99th percentile of each of `TIMES` in milliseconds, and the number of moves.
    """
    page.locator(".stage").scroll_into_view_if_needed()
    page.wait_for_timeout(1_000)
    page.evaluate(TIMES)
    box = page.locator(".stage").bounding_box()
    assert box is not None
    # Additive recurrences by the golden ratio fill the panels evenly.
    for number in range(moves):
        across, down = (number * 0.381966) % 1, (number * 0.618034) % 1
        x = box["x"] + (0.06 + 0.42 * across + 0.5 * (number % 2)) * box["width"]
        page.mouse.move(x, box["y"] + 5 + down * (box["height"] - 45))
        page.wait_for_timeout(24)
    page.wait_for_timeout(500)
    times = page.evaluate("times")
    quantiles = {
        f"{name}_ms_{word}": float(np.percentile(times[name], share))
        for name in ("decode", "input", "shown")
        for word, share in (("median", 50), ("p99", 99))
    }
    return quantiles | {"moves": len(times["decode"])}


def main() -> None:
    """Run the benchmark and print its result."""
    args = arguments(__doc__ or "")
    if CHROMIUM is None:
        raise SystemExit("benchmarks/latent_map.py: no Chromium on this machine (Debian: apt-get install chromium)")
    result: dict[str, Any] = {"goals": GOALS}
    with server() as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for points, name in VIEWS.items():
            url = f"{app.url}/?images={quote(name)}"
            # The first visitor waits until the server has loaded and encoded everything; later visitors do not.
            first = visit(browser, url, moves=1)
            later = visit(browser, url, moves=100 if args.quick else 500) | {"first_visit_ms": first["first_draw_ms"]}
            for key, value in later.items():
                result.setdefault(key, {})[points] = round(value, 2)
        result["chromium"] = browser.version
        browser.close()
    result["machine"] = machine(torch.device("cpu"))
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
