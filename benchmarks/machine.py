"""Parts that all benchmarks share: their arguments, a description of the machine, and the printing of a result."""

import argparse
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch


def arguments(about: str) -> argparse.Namespace:
    """Parse `--json` and `--quick`, which every benchmark takes."""
    parser = argparse.ArgumentParser(description=about)
    add_arguments(parser)
    return parser.parse_args()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--json` and `--quick` to the parser of a benchmark that takes other arguments too."""
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else there")
    parser.add_argument("--quick", action="store_true", help="a smaller version, done in 50 s on 2 cores")


def machine(device: torch.device) -> dict[str, Any]:
    """Return the machine and the versions that a measurement is valid for."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "torch_threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torchvision": version("torchvision"),
    }


def report(result: dict[str, Any], *, as_json: bool) -> None:
    """Print a result: as one line of JSON for a program, or as a table for a person."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for key, value in result.items():
        print(f"{key:<34} {value}")
