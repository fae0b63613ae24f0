"""The slider over every β of one model, in headless Chromium: how many frames a second are drawn while it is dragged.

    python benchmarks/beta_slider.py [--quick] [--json] [--models FOLDER,FOLDER]

The page β in a window of 1440 × 900, for every multi-rate VAE of the project, or those whose folders are given. In
each frame of the browser the slider goes on to another β, up and down its whole length in eight seconds.

- `frames_per_second`, by model: walls of 10 × 10 samples and 10 reconstructions that were decoded and drawn, each with
  a map of 2,000 codes on discs of their posteriors, the bars and the curve; the median of the rounds. Goal: 20.
- `pages_per_second`: frames in which the map, the bars and the curve were drawn, also while the wall was decoded.
- `slowest_frame_ms`: the longest time between two of these, the median of the rounds.
- `message_bytes`: what the slider is sent, once.

They are those of a machine that does nothing else: worker, page and compositor want two cores.
"""

import argparse
import statistics
import sys
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from playwright.sync_api import Browser, WebSocket, sync_playwright

from benchmarks.machine import add_arguments, machine, report
from tests.helpers.browser import ARGUMENTS, CHROMIUM, PATIENCE, serve, settle
from vae.folders import ROOT
from vae.storage.checkpoints import read_checkpoint

GOALS = {"frames_per_second": 20}
DRAG = """(slider, seconds) => new Promise((done) => {
  const { dataset } = slider.getRootNode().querySelector(".every");
  const first = Number(dataset.walls), begun = performance.now();
  let frames = 0, slowest = 0, before = begun;
  const step = (now) => {
    const passed = (now - begun) / 1000;
    [slowest, before] = [Math.max(slowest, now - before), now];
    if (passed > seconds) {
      done({ walls: (Number(dataset.walls) - first) / passed, frames: frames / passed, slowest });
      return;
    }
    frames++;
    slider.value = Number(slider.max) * (0.5 - 0.5 * Math.cos((Math.PI * passed) / 4));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def drag(browser: Browser, url: str, name: str, rounds: int, seconds: float) -> dict[str, float]:
    """Drag the slider of a model in so many rounds, and return the median figures."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(5 * PATIENCE)  # the model is measured at every β first
    sizes: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: sizes.append(len(payload)))

    page.on("websocket", listen)
    page.goto(f"{url}/beta?every={name}")
    page.wait_for_selector(".every[data-ready]")
    settle(page)
    page.wait_for_selector(".js-plotly-plot")
    page.wait_for_timeout(2_000)
    slider = page.locator(".every input[type=range]")
    slider.evaluate(DRAG, 1.0)  # so that the browser has compiled everything
    found = [slider.evaluate(DRAG, seconds) for _ in range(rounds)]
    page.close()
    return {
        "frames_per_second": round(statistics.median(one["walls"] for one in found), 1),
        "pages_per_second": round(statistics.median(one["frames"] for one in found), 1),
        "slowest_frame_ms": round(statistics.median(one["slowest"] for one in found), 1),
        "message_bytes": max(sizes),
    }


def multi_rate(folder: Path) -> list[Path]:
    """Return the folders of the multi-rate VAEs among a folder's runs."""
    runs = [path.parent for path in sorted(folder.glob("*/config.json"))]
    return [run for run in runs if read_checkpoint(run).model == "multi-rate-vae"]


def main() -> None:
    """Run the benchmark and print its result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_arguments(parser)
    parser.add_argument("--models", help="folders of multi-rate VAEs; default: all of the project")
    args = parser.parse_args()
    runs = [Path(word) for word in args.models.split(",")] if args.models else multi_rate(ROOT / "checkpoints")
    if not runs or not CHROMIUM:
        parser.error("it needs a multi-rate VAE and Chromium")
    ladders = [path.name for path in sorted((ROOT / "checkpoints").glob("ladder-vae-*"))]
    result: dict[str, Any] = {}
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        for run in runs:
            copytree(run, Path(folder) / "checkpoints" / run.name)
        for server in serve(Path(folder), ladders):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for run in runs:
                name = f"{run.name} · {read_checkpoint(run).config.latent_dim}-D"
                found = drag(browser, server.url, name, 1 if args.quick else 5, 2.0 if args.quick else 8.0)
                for key, value in found.items():
                    result.setdefault(key, {})[run.name] = value
            browser.close()
    result |= {"goals": GOALS, "quick": args.quick, "machine": machine(torch.device("cpu"))}
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
