"""Everything that is to be measured on a GPU, in one command and within a time; every figure is kept at once.

    python benchmarks/gpu.py [--json] [--minutes 10]

The parts run in the order of their worth. One that fails is reported with its error and the others run on; one for
which the time is too short is left out with that reason, and one that takes longer than what is left is stopped. After
each part `benchmarks/results/{training,sweep,likelihood,gpu}-CARD.json` are written, CARD being the GPU's name, such as
h100, with the keys of the benchmarks of these names. `gpu` has what no other has:

- `cuda_tests`: how the tests that need CUDA ended, where pytest is installed.
- `repeated`: whether two runs of the same settings and seed end with equal weights, and their largest difference.
- `precision`: the seconds of an epoch and the test losses of three seeds after ten epochs, in float32, TF32 and
  bfloat16.
- `errors`, `skipped`, in every file: parts that failed or were left out, and why.

It needs neither Streamlit nor Plotly nor pytest.
"""

import argparse
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

import torch

from benchmarks import gpu_parts
from benchmarks.machine import machine, report
from vae.folders import replace_file

RESULTS = Path(__file__).resolve().parent / "results"
VENDORS = {"nvidia", "amd", "tesla", "geforce", "quadro", "instinct"}
FAMILIES = {"rtx", "gtx", "titan"}  # words that name a card only together with the next one
Results = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A measurement: the file that keeps it, and the seconds that must be left for it to be begun."""

    name: str
    file: str
    seconds: float
    measure: Callable[[dict[str, Any]], dict[str, Any]]  # from what its file has so far to what is to be added


def parts() -> list[Part]:
    """Return all measurements, the ones that are worth most first."""
    return [
        Part("cuda_tests", "gpu", 30, gpu_parts.cuda_tests),
        Part("epochs", "training", 60, gpu_parts.epochs),
        Part("stepping", "training", 20, gpu_parts.stepping),
        Part("repeated", "gpu", 10, gpu_parts.repeated),
        *(Part(name, "gpu", 15, gpu_parts.precision(name)) for name in gpu_parts.PRECISIONS),
        Part("retrain", "training", 60, gpu_parts.retrain),
        Part("stacked", "sweep", 120, gpu_parts.stacked_sweep),
        *(Part(name, "likelihood", 90, gpu_parts.likelihood_row(name)) for name in gpu_parts.likelihood_rows()),
    ]


def card(name: str) -> str:
    """Return the short name of a GPU, such as h100 for NVIDIA H100 80GB HBM3."""
    words = [word for word in re.findall(r"[a-z0-9]+", name.lower()) if word not in VENDORS]
    return "-".join(words[: 2 if words[0] in FAMILIES else 1]) if words else "gpu"


def run(some: Sequence[Part], minutes: float, write: Callable[[Results], None]) -> Results:
    """Measure parts within a time, and call `write` after each with all results so far, by file.

    A part that fails is among its file's `errors`, and one that there is no time for among its `skipped`.
    """
    end, results = time.monotonic() + 60 * minutes, Results()
    for part in some:
        found = results.setdefault(part.file, {})
        left = end - time.monotonic()
        if left < part.seconds:
            reason = f"It takes about {part.seconds:g} s, and {max(left, 0):.0f} s of {minutes:g} minutes were left."
            _add(found, {"skipped": {part.name: reason}})
        else:
            print(f"{part.name}…", file=sys.stderr)
            try:
                with stopped_after(left):
                    _add(found, part.measure(found))
            except (Exception, SystemExit) as error:  # the benchmarks end by SystemExit where they cannot go on
                lines = str(error).strip().splitlines()
                _add(found, {"errors": {part.name: f"{type(error).__name__}: {lines[0] if lines else ''}"}})
        write(results)
    return results


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block once it has taken that long; where there are no alarms it just takes longer."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TimeoutError(f"it was stopped after {seconds:.0f} s, at the end of the time for all parts")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _add(found: dict[str, Any], more: dict[str, Any]) -> None:
    """Add results to a file's: lists and objects of the same name grow, everything else is replaced."""
    for key, value in more.items():
        if isinstance(value, dict) and key in found:
            found[key] |= value
        elif isinstance(value, list) and key in found:
            found[key] += value
        else:
            found[key] = value


def write_files(results: Results, slug: str, about: dict[str, Any], folder: Path = RESULTS) -> None:
    """Write every file's results as one line of JSON, with the machine that they were measured on."""
    for file, found in results.items():
        with replace_file(folder / f"{file}-{slug}.json") as temporary:
            temporary.write_text(dumps(found | {"machine": about}, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Run the benchmark and print its result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else there")
    parser.add_argument("--minutes", type=float, default=10.0, help="the time for all parts; default: 10")
    args = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("There is no CUDA device here, without which this benchmark has nothing to measure.")
    began, about = time.monotonic(), machine(torch.device("cuda"))
    slug = card(about["device"])
    results = run(parts(), args.minutes, lambda found: write_files(found, slug, about))
    seconds = round(time.monotonic() - began, 1)
    report({"card": slug, **results, "seconds": seconds, "machine": about}, as_json=args.json)


if __name__ == "__main__":
    main()
