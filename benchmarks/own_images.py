"""One's own images: how long an import and an epoch take, in which memory, and how good a model of a known set gets.

    python benchmarks/own_images.py [--quick] [--json] [--fashion-mnist FOLDER]

- `import_seconds`, `epoch_seconds`, `peak_mb`, by number of images: 60,000 and 1,000,000 grey images of 28×28, which
  this script makes as they are read, a process for each number. An epoch is of the default recipe at 20-D: all training
  images, and the tests on all test images. Memory is the process's own, without pages of mapped files, which the system
  takes back when it needs them: the most during import, training, and the measurement after it, and `idle_mb` before.
  Goals: seconds in proportion to the images, and memory the same.
- `fashion_mnist`, with the folder of its four IDX files: imported at the command line, its judge trained, the default
  recipe at 20-D for 60 s, and `evaluate --quality`: `import_seconds`, `test_loss` in nats per image (one draw of z),
  `judge_accuracy`, and `frechet` by sampler in the features of that judge.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

import numpy as np

from benchmarks.machine import add_arguments, machine, report
from vae.data.imported.importing import import_images
from vae.data.imported.loading import load_imported
from vae.data.preparation.settings import Preparation, Split
from vae.data.readers.collection import Collection, Stored
from vae.folders import ROOT
from vae.measure.evaluate import evaluate
from vae.training.build import choose_device
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.recipe import recommended

COUNTS = (60_000, 1_000_000)
BLOCK = 1_000  # images that are made at once
CLASSES = 10
SECONDS = 60


class PeakMemory:
    """The most memory that this process has of its own within a block, in MB, looked at a hundred times a second."""

    def __init__(self) -> None:
        self.idle = self.most = own_memory()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            self.most = max(self.most, own_memory())


def own_memory() -> float:
    """Return the memory of this process without mapped files, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def squares(count: int) -> Collection:
    """Return a collection of noise in which a square's place says the class, made as it is read."""

    def read(rows: Sequence[int]) -> Iterator[Stored]:
        made, block = -1, np.empty(0, np.uint8)
        for row in rows:
            if row // BLOCK != made:
                made = row // BLOCK
                block = np.random.default_rng(made).integers(0, 60, (BLOCK, 28, 28), np.uint8)
            image, label = block[row % BLOCK], row % CLASSES
            y, x = 4 + 12 * (label // 5), 2 + 5 * (label % 5)
            image[y : y + 8, x : x + 5] += 180
            yield image

    labels = np.arange(count) % CLASSES
    return Collection("Noise with squares.", count, read, labels, tuple(map(str, range(CLASSES))))


def measure(count: int) -> dict[str, float]:
    """Import so many images, train for an epoch and measure the model; return seconds and memory."""
    with PeakMemory() as memory:
        began = time.perf_counter()
        import_images(squares(count), Preparation(), Split(), "squares", "Squares")
        imported, import_mb = time.perf_counter() - began, memory.most
        dataset = load_imported("squares")
        config = TrainConfig(dataset="squares", latent_dim=20, epochs=1, **recommended(20, "mlp", epochs=1))
        began = time.perf_counter()
        *_, last = train(config, dataset)
        trained, train_mb = time.perf_counter() - began, memory.most
        evaluate(last.model, dataset, config)
    return {
        "import_seconds": round(imported, 2),
        "epoch_seconds": round(trained, 2),
        "idle_mb": round(memory.idle),
        "import_mb": round(import_mb),
        "train_mb": round(train_mb),
        "peak_mb": round(memory.most),
        "test_loss": round(last.test.total, 2),
    }


def by_count(counts: Sequence[int]) -> dict[str, Any]:
    """Measure each number of images in a process of its own; return the results by measure and number."""
    rows = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--measure", str(count)]
            rows[str(count)] = json.loads(_output(command, {"VAE_IMPORTED": folder}))
    return {key: {count: row[key] for count, row in rows.items()} for key in rows[str(counts[0])]}


def fashion_mnist(source: Path, seconds: float) -> dict[str, Any]:
    """Do with the four IDX files of Fashion-MNIST what a user does at the command line."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"VAE_IMPORTED": f"{folder}/imported", "VAE_CHECKPOINTS": f"{folder}/checkpoints"}

        def vae(*words: str) -> dict[str, Any]:
            return json.loads(_output([sys.executable, "-m", "vae", *words, "--json"], environment))

        imported = vae("import", str(source), "--name", "fashion")
        judge = vae("judge", "--dataset", "fashion")
        trained = vae(
            "train", "--dataset", "fashion", "--latent-dim", "20", "--seconds", f"{seconds:g}", "--name", "vae"
        )
        measured = vae("evaluate", "vae", "--quality")
    samples = measured["quality"]["samples"] or {}
    return {
        "images": imported["images"],
        "import_seconds": imported["seconds"],
        "judge_accuracy": judge["accuracy"],
        "seconds": trained["seconds"],
        "epochs": trained["epochs"],
        "test_loss": round(-measured["elbo"], 2),
        "frechet": {sampler: round(each["frechet"]["value"], 2) for sampler, each in samples.items()},
    }


def _output(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip().splitlines()[-1]


def main() -> None:
    """Run the benchmark and print its result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_arguments(parser)
    parser.add_argument(
        "--fashion-mnist", type=Path, metavar="FOLDER", help="with the four IDX files, plain or gzipped"
    )
    parser.add_argument("--measure", type=int, metavar="COUNT", help="this number of images alone, in this process")
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args.measure)))
        return
    began = time.perf_counter()
    result = by_count((3_000, 30_000) if args.quick else COUNTS)
    if args.fashion_mnist is not None:
        result["fashion_mnist"] = fashion_mnist(args.fashion_mnist, 5 if args.quick else SECONDS)
    result |= {
        "quick": args.quick,
        "total_seconds": round(time.perf_counter() - began, 1),
        "machine": machine(choose_device()),
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
