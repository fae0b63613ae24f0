"""A real server on copies of the shipped checkpoints, and a real Chromium that looks at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.helpers.app import MODELS, SHIPPED
from tests.helpers.browser import ARGUMENTS, CHROMIUM, PATIENCE, Server, serve


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that change nothing on it, with all shipped models but the ladder of ten dimensions."""
    more = [path.name for pattern in ("ladder-vae-2d-*", "mistake-*") for path in sorted(SHIPPED.glob(pattern))]
    yield from serve(tmp_path_factory.mktemp("server"), [*MODELS, *more])


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server with the shipped pairs that a test may train on and kill."""
    yield from serve(tmp_path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(browser: Browser) -> Page:
    """One for all tests: a page in a window of its own takes twice the time, most of it to compile the same scripts."""
    window = browser.new_page()
    window.set_default_timeout(PATIENCE)
    return window


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    """A window of 1440 pixels that fails the test when a request leaves this machine."""
    window.set_viewport_size({"width": 1440, "height": 1000})
    window.emulate_media(color_scheme="light")
    outside: list[str] = []

    def watch(sent: Request) -> None:
        if not sent.url.startswith(("http://localhost:", "ws://localhost:", "data:", "blob:")):
            outside.append(sent.url)

    window.on("request", watch)
    yield window
    window.remove_listener("request", watch)
    window.evaluate("if (location.protocol === 'http:') { sessionStorage.clear(); localStorage.clear(); }")
    window.goto("about:blank")
    assert outside == []
