"""A real server on copies of the shipped checkpoints, and a real Chromium that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.app import PAIRS, SHIPPED
from vae.data import ROOT

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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    yield from serve(tmp_path)


def serve(folder: Path) -> Iterator[Server]:
    """A server with copies of the shipped pairs in `folder`/checkpoints, stopped when the iterator goes on."""
    checkpoints = folder / "checkpoints"
    for name in PAIRS:
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
    process.terminate()
    process.wait(20)


def add_ladder(server: Server) -> None:
    """Give a server the shipped ladder of two dimensions."""
    for path in SHIPPED.glob("ladder-vae-2d-*"):
        shutil.copytree(path, server.checkpoints / path.name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A window of 1440 pixels that fails the test when a request leaves this machine."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    outside: list[str] = []

    def watch(sent: Request) -> None:
        if not sent.url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:")):
            outside.append(sent.url)

    page.on("request", watch)
    yield page
    context.close()
    assert outside == []


def settle(page: Page) -> None:
    """Wait until Streamlit has drawn everything."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
