"""Printed digits, photographed and scanned badly: how many the judge still reads right.

    python benchmarks/photos.py [--quick] [--json]

One test image of each class is printed, dark ink on white paper, enlarged smoothly to a third of the page's side; the
page is spoilt, saved as a PNG file (a JPEG file where the name says so), read by `prepare_file` and given to the judge.

- `read_right`: by what spoils the page, how many of the ten first test images of each class are read right.
- `read_right_further`: the same for other pages and photographs; --quick leaves them out.
- `held_out`: the share read right of the ten test images of each class that come after the first.
- `fidelity`: the mean squared error between the clean prints, prepared, and the test images that they were made of.
"""

import io
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

import numpy as np
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter

from benchmarks.machine import arguments, machine, report
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.from_picture import prepare_file
from vae.data.picture_file import PictureError
from vae.models.judge import Judge, judge_path, load_judge, read

GOALS = {"read_right": {"each alone": "at least 9 of 10", "all four": "at least 7 of 10"}}
HELD_OUT = 10  # test images of each class, after the first
SHAPE = (1, 28, 28)


@dataclass(frozen=True)
class Page:
    """A printed page, and what happened to it on its way into a file."""

    side: int = 900  # pixels
    share: float = 1 / 3  # of the page's side that the digit's box of 20 × 20 pixels takes
    centre: tuple[float, float] = (0.5, 0.5)  # of the digit, in shares of the page
    turned: float = 0.0  # degrees
    chalk: bool = False  # light on dark instead of dark on light
    paper: float = 0.95
    ink: float = 0.1
    shadow: float = 1.0  # the light at the darker side
    hard: bool = False  # whether the shadow has an edge across the digit instead of growing
    noise: float = 0.0  # standard deviation, as a share of the contrast
    edge: float = 0.0  # width of a scan's black edge at the left and the top, as a share of the side
    specks: int = 0
    blur: float = 0.0  # pixels
    ruled: bool = False  # whether the paper has lines of a third of the ink's contrast
    desk: float = 0.0  # share of the side at the left and the bottom where the photograph shows a dark desk
    jpeg: int = 0  # quality; 0 is a PNG file


SPOILT = {
    "plain": Page(),
    "shadow to 0.6": Page(shadow=0.6),
    "noise of 3 %": Page(noise=0.03),
    "black edge": Page(edge=0.02),
    "three specks": Page(specks=3),
    "all four": Page(shadow=0.6, noise=0.03, edge=0.02, specks=3),
}
FURTHER = {
    "chalk, plain": Page(chalk=True),
    "chalk, all four": Page(chalk=True, shadow=0.6, noise=0.03, edge=0.02, specks=3),
    "shadow to 0.5": Page(shadow=0.5),
    "shadow with an edge, 0.7": Page(shadow=0.7, hard=True, blur=4),
    "noise of 10 %": Page(noise=0.1),
    "black edge of 6 %": Page(edge=0.06),
    "twelve specks": Page(specks=12),
    "a tenth of the page, in a corner, all four": Page(
        share=0.1, centre=(0.2, 0.75), shadow=0.6, noise=0.03, edge=0.02, specks=3
    ),
    "three quarters of the page": Page(share=0.75, shadow=0.6, noise=0.03),
    "JPEG of quality 30, all four": Page(shadow=0.6, noise=0.03, edge=0.02, specks=3, jpeg=30),
    "pencil": Page(ink=0.6, shadow=0.6, noise=0.05, blur=2, jpeg=80),
    "turned by 12°, blurred": Page(turned=12, blur=4, shadow=0.6, jpeg=80),
    "ruled paper": Page(ruled=True, shadow=0.6, jpeg=80),
    "a desk at two sides": Page(desk=0.15, shadow=0.6, jpeg=80),
    "a desk on half of the picture": Page(desk=0.3, centre=(0.65, 0.35), jpeg=80),
    "shadow with an edge, 0.4": Page(shadow=0.4, hard=True, blur=4),
}
SPECK = 0.006  # of the page's side: the largest speck's radius
DESK, LINE = 0.3, 1 / 3  # the desk's grey, and the contrast of ruled lines as a share of the ink's


def photograph(digit: np.ndarray, page: Page, random: np.random.Generator) -> bytes:
    """Print a digit, uint8 (28, 28), on a page, spoil it, and return the picture's file."""
    grey = _printed(digit, page)
    if page.specks:
        _speckle(grey, page, random)
    grey *= _light(page)
    if page.desk:
        width = round(page.desk * page.side)
        grey[:, :width] = grey[-width:] = DESK
    if page.edge:
        width = round(page.edge * page.side)
        grey[:, :width] = grey[:width] = 0
    if page.blur:
        grey = gaussian_filter(grey, page.blur)
    grey += random.normal(0, 1, grey.shape) * page.noise * (page.paper - page.ink)
    picture = Image.fromarray((grey.clip(0, 1) * 255).round().astype(np.uint8))
    buffer = io.BytesIO()
    if page.jpeg:
        picture.save(buffer, "JPEG", quality=page.jpeg)
    else:
        picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _printed(digit: np.ndarray, page: Page) -> np.ndarray:
    large = round(page.share * page.side * 28 / 20)
    ink = Image.new("L", (page.side, page.side))
    column, row = (round(at * page.side - large / 2) for at in page.centre)
    ink.paste(Image.fromarray(digit).resize((large, large), Image.Resampling.BICUBIC), (column, row))
    strength = np.asarray(ink.rotate(page.turned, Image.Resampling.BICUBIC), np.float32) / 255
    if page.ruled:
        strength[:: page.side // 30] = np.maximum(strength[:: page.side // 30], LINE)
    light, dark = (page.ink, page.paper) if page.chalk else (page.paper, page.ink)
    return light + (dark - light) * strength


def _speckle(grey: np.ndarray, page: Page, random: np.random.Generator) -> None:
    y, x = np.mgrid[: page.side, : page.side]
    for row, column in random.uniform(0.05, 0.95, (page.specks, 2)) * page.side:
        radius = random.uniform(0.5, 1) * SPECK * page.side
        grey[(y - row) ** 2 + (x - column) ** 2 <= radius**2] = page.paper if page.chalk else page.ink


def _light(page: Page) -> np.ndarray:
    across = np.linspace(0, 1, page.side, dtype=np.float32)
    if page.hard:  # an edge across the digit
        return np.where(across + 0.3 * across[:, None] > 0.65, page.shadow, 1).astype(np.float32)
    return np.broadcast_to(1 + (page.shadow - 1) * across, (page.side, page.side))


def first_of_each_class(dataset: Dataset, skipped: int, count: int) -> torch.Tensor:
    """Return the rows of `count` test images of each class, after the first `skipped`."""
    labels = dataset.test_labels
    return torch.cat([(labels == label).nonzero()[skipped : skipped + count, 0] for label in range(10)])


def prepared(dataset: Dataset, rows: torch.Tensor, page: Page) -> torch.Tensor:
    """Photograph test images and prepare the pictures, uint8 (N, 1, 28, 28); one that is refused becomes black."""
    images = []
    for row in rows.tolist():
        content = photograph(dataset.test_images[row, 0].numpy(), page, np.random.default_rng(row))
        try:
            images.append(prepare_file(content, SHAPE).image)
        except PictureError:
            images.append(torch.zeros(1, *SHAPE, dtype=torch.uint8))
    return torch.cat(images)


def right(judge: Judge, dataset: Dataset, rows: torch.Tensor, pages: Mapping[str, Page]) -> dict[str, int]:
    """Count the test images that the judge reads right, by what spoils the page."""
    labels = dataset.test_labels[rows].numpy()
    return {name: int((read(judge, prepared(dataset, rows, page))[0] == labels).sum()) for name, page in pages.items()}


def main() -> None:
    """Run the benchmark and print its result."""
    args = arguments(__doc__.split("\n", 1)[0])
    began = time.perf_counter()
    dataset, (judge, _) = load_dataset("mnist"), load_judge(judge_path("mnist"))
    shown = first_of_each_class(dataset, 0, 1)
    held_out = first_of_each_class(dataset, 1, 1 if args.quick else HELD_OUT)
    clean = prepared(dataset, shown, SPOILT["plain"]).float() - dataset.test_images[shown].float()
    result: dict[str, Any] = {
        "read_right": right(judge, dataset, shown, SPOILT),
        "read_right_further": right(judge, dataset, shown, {} if args.quick else FURTHER),
        "held_out": {
            name: round(count / len(held_out), 3)
            for name, count in right(judge, dataset, held_out, SPOILT if args.quick else SPOILT | FURTHER).items()
        },
        "held_out_unprinted": round(
            float((read(judge, dataset.test_images[held_out])[0] == dataset.test_labels[held_out].numpy()).mean()), 3
        ),
        "fidelity": round(float((clean / 255).square().mean()), 5),
        "goals": GOALS,
        "held_out_images": len(held_out),
        "quick": args.quick,
        "seconds": round(time.perf_counter() - began, 1),
        "machine": machine(torch.device("cpu")),
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
