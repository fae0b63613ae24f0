"""A real server on copies of the shipped checkpoints, and a real Chromium that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.app import MODELS, PAIRS, SHIPPED
from vae.folders import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PATIENCE = 120_000  # milliseconds: for a machine of any speed


@dataclass
class Server:
    """A running app."""

    url: str
    checkpoints: Path
    process: subprocess.Popen[bytes] = field(repr=False)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that change nothing on it, with every shipped model and the ladder of two dimensions."""
    ladder = [path.name for path in sorted(SHIPPED.glob("ladder-vae-2d-*"))]
    yield from serve(tmp_path_factory.mktemp("server"), [*MODELS, *ladder])


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server with the shipped pairs that a test may train on and kill."""
    yield from serve(tmp_path)


def serve(folder: Path, models: Sequence[str] = PAIRS) -> Iterator[Server]:
    """A server with copies of shipped models in `folder`/checkpoints, stopped when the iterator goes on."""
    checkpoints = folder / "checkpoints"
    for name in models:
        shutil.copytree(SHIPPED / name, checkpoints / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
    process = subprocess.Popen(
        [*command, "--server.port", str(port)],
        cwd=ROOT,
        env=os.environ | {"VAE_CHECKPOINTS": str(checkpoints)},
        stdout=subprocess.DEVNULL,
    )
    url = f"http://localhost:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
            break
        except OSError:
            time.sleep(0.1)
    yield Server(url, checkpoints, process)
    process.kill()  # its worker sees its input closed and ends; a busy server may take its time over a politer word
    process.wait()


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


def settle(page: Page) -> None:
    """Wait until Streamlit has drawn everything."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
