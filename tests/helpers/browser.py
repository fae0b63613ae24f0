"""A real server on copies of shipped checkpoints, and what every browser test waits for."""

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

from playwright.sync_api import Page

from tests.helpers.app import PAIRS, SHIPPED
from vae.folders import ROOT
from vae.ui.frame import pages
from vae.ui.frame.pages import Page as AppPage

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
    try:
        yield Server(url, checkpoints, process)
    finally:
        process.kill()  # its worker sees its input closed and ends; a busy server may take its time over a politer word
        process.wait()


def settle(page: Page) -> None:
    """Wait until Streamlit has drawn everything."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


MAP = ".map[data-ready]"
CHART = ".js-plotly-plot"
TABLE = "[data-testid=stDataFrame]"
# The main figure of every page: what the reader has come to see, whose place is the first screen.
FIGURES: dict[AppPage, str] = {
    pages.TOUR: "[data-testid=stMainBlockContainer]",
    pages.LATENT_SPACES: MAP,
    pages.SAMPLES: "[class*='st-key-samples_'] img",
    pages.BETA: ":is(.ladder, .every)[data-ready]",
    pages.YOUR_IMAGES: ".st-key-own_source",
    pages.RUNS: TABLE,
    pages.RANDOM_LATENTS: ".wall[data-ready]",
    pages.INTERPOLATION: CHART,
    pages.TRAVERSAL: CHART,
    pages.ARITHMETIC: CHART,
    pages.DIGITS_ON_DEMAND: CHART,
    pages.DRAW: ".drawing",
    pages.EDIT_A_CODE: ".sliders[data-ready]",
    pages.TWO_IMAGES: ".st-key-kind_pictures",
    pages.DENOISE: CHART,
    pages.UNUSUAL_IMAGES: CHART,
    pages.TRAINING: CHART,
    pages.BREAK_IT: "[class*='st-key-mistake_samples'] img",
    pages.BETA_TRANSLATOR: "[data-testid=stMetric]",
    pages.GLOSSARY: ".st-key-glossary table",
}


def address(page: AppPage) -> str:
    """Return a page's address below the server's."""
    return "" if page == pages.LATENT_SPACES else f"/{page.name}"


def theme(page: Page, scheme: str) -> None:
    """Show the page in the light or the dark theme, which follow the system's."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.wait_for_function(f"getComputedStyle(document.querySelector('.stApp')).colorScheme === '{scheme}'")


def assert_sound(page: Page) -> None:
    assert page.locator("[data-testid=stException]").count() == 0
    assert "Traceback" not in page.locator("body").inner_text()


READ = """canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"""
