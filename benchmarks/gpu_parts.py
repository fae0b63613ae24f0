"""The measurements of a GPU, a function each, from the results so far in its file to those that are to be added.

Libraries and the other benchmarks are imported where they are used, so that one that is missing costs one measurement.
"""

import importlib.util
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import torch

from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.folders import ROOT
from vae.training.config import TrainConfig
from vae.training.loop import train
from vae.training.recipe import recommended
from vae.training.reports import EpochReport

Found = dict[str, Any]
Measure = Callable[[Found], Found]
PRECISIONS = ("float32", "tf32", "bfloat16")
TESTS = "tests/training/test_cuda_graph.py"
# The tests' own conftest.py needs Streamlit; of what it has these tests use the small data set alone.
PYTEST = ("-q", "-c", os.devnull, "--rootdir", str(ROOT), "--noconftest", "-p", "tests.helpers.small_data")


def cuda_tests(_: Found) -> Found:
    """Run the tests that need CUDA in a process of their own."""
    if importlib.util.find_spec("pytest") is None:
        return {"cuda_tests": {"skipped": "pytest is not installed here."}}
    command = [sys.executable, "-m", "pytest", *PYTEST, TESTS]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = (ended.stdout + ended.stderr).strip().splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return {"cuda_tests": {"passed": ended.returncode == 0, "failed": failed, "summary": lines[-1] if lines else ""}}


def epochs(_: Found) -> Found:
    """Compare epochs with pytorch/examples' vae."""
    from benchmarks.training import STEPS, compare_epochs

    return compare_epochs(load_dataset("mnist"), rounds=3, steps=STEPS, to_the_end=False)


def stepping(found: Found) -> Found:
    """Compare epochs with and without a CUDA graph, and with the reference where that was measured."""
    from benchmarks.training import compare_stepping

    measured = compare_stepping(load_dataset("mnist"), rounds=5)
    if "reference_epoch_seconds" in found:
        speedup = found["reference_epoch_seconds"] / (measured["graphed_epoch_ms"] / 1e3)
        measured["graphed_epoch_speedup"] = round(speedup, 1)
    return measured


def retrain(_: Found) -> Found:
    """Measure runs and cancellations in the worker process that the app uses, with a run of 20 epochs among them."""
    from benchmarks.training import press_retrain

    return press_retrain()


def stacked_sweep(_: Found) -> Found:
    """Compare a sweep of eight β with all members stacked with one by one."""
    from benchmarks.sweep import BETAS, run

    dataset, budget = load_dataset("mnist"), {"epochs": 10}
    for engine in ("one-by-one", "stacked"):  # what is loaded and compiled at first use is no part of either
        run(engine, dataset, 20, BETAS[:2], {"steps": 10})
    stacked, alone = (run(engine, dataset, 20, BETAS, budget) for engine in ("stacked", "one-by-one"))
    differences = [abs(alone["elbos"][name] - stacked["elbos"][name]) for name in alone["elbos"]]
    return {
        "seconds": {"one-by-one": round(alone["seconds"], 2), "stacked": round(stacked["seconds"], 2)},
        "stacked_speedup": round(alone["seconds"] / stacked["seconds"], 2),
        "stacked_training_speedup": round(float(alone["training"] / stacked["training"]), 2),
        "largest_difference": float(max(differences)),
        "members": len(BETAS),
        "latent_dim": 20,
        "budget": budget,
        "rounds": 1,
    }


def likelihood_rows() -> list[str]:
    """Return the names of the convolutional rows of the likelihood benchmark."""
    return [f"conv-{size}" for size in (2, 5, 10, 20, 40)]


def likelihood_row(name: str) -> Measure:
    """Return the measurement of one row of the likelihood benchmark; a model that is trained already is read."""

    def measure(_: Found) -> Found:
        from benchmarks.likelihood import CONV_ROWS, measure_row
        from vae.storage.cache import FOLDER

        (row,) = (row for row in CONV_ROWS if row.name == name)
        with patch.dict(os.environ, VAE_CHECKPOINTS=str(FOLDER / "likelihood")):
            return {"rows": [measure_row(row, load_dataset("mnist"), quick=False)]}

    return measure


def repeated(_: Found) -> Found:
    """Train the same settings and seed twice and compare all weights."""
    dataset = load_dataset("mnist")
    one, other = (_last(_config(epochs=2), dataset).model.state_dict() for _ in range(2))
    difference = max(float((one[name].double() - other[name].double()).abs().max()) for name in one)
    equal = all(torch.equal(one[name], other[name]) for name in one)
    return {"repeated": {"equal": equal, "largest_difference": difference, "epochs": 2}}


def precision(name: str) -> Measure:
    """Return the measurement of one precision: seconds of an epoch, and test losses of three seeds after ten."""

    def measure(_: Found) -> Found:
        if name == "bfloat16" and "precision" not in TrainConfig.__dataclass_fields__:
            raise RuntimeError("This version trains in float32 alone.")
        dataset = load_dataset("mnist")
        with _products(name):
            fields = {"precision": "bfloat16" if name == "bfloat16" else "float32"}
            known = {key: value for key, value in fields.items() if key in TrainConfig.__dataclass_fields__}
            runs = [list(train(_config(epochs=10, seed=seed, **known), dataset)) for seed in range(3)]
        seconds = statistics.median(report.seconds for run in runs for report in run[1:])
        losses = [round(run[-1].test.total, 3) for run in runs]
        return {"precision": {name: {"epoch_seconds": round(seconds, 4), "test_losses": losses}}}

    return measure


@contextmanager
def _products(name: str) -> Iterator[None]:
    """Let products of float32 numbers use TF32 in the block, or be exact, whatever a training step would choose."""
    products = torch.backends.cuda.matmul
    before, products.fp32_precision = products.fp32_precision, "tf32" if name == "tf32" else "ieee"
    try:
        with patch("vae.training.loop.tf32", lambda device: nullcontext(), create=True):
            yield
    finally:
        products.fp32_precision = before


def _config(*, epochs: int, **more: Any) -> TrainConfig:
    return TrainConfig(latent_dim=20, **recommended(20, "mlp", epochs=epochs), epochs=epochs, **more)


def _last(config: TrainConfig, dataset: Dataset) -> EpochReport:
    *_, report = train(config, dataset)
    return report
