"""A sweep of eight β: seconds with all members stacked, in processes, and one by one, interleaved in one run.

    python benchmarks/sweep.py [--quick] [--json]

- `stacked_speedup`, `processes_speedup`: the seconds of the sweep one by one over those of the engine, the median of
  rounds (one of full size, which takes twenty minutes), everything included: loading in the workers, tests after
  every epoch, saving and measuring. Goal for stacks on a GPU: 5.
- `stacked_training_speedup`: the ratio for stacks of the seconds of the training steps alone.
- `largest_difference`: the largest difference of a member's ELBO, in nats, between one by one and another engine. All
  engines compute the same, but training amplifies rounding, which differs between matrix products, as it amplifies any
  change of the weights' last digits.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

from benchmarks.machine import arguments, machine, report
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.jobs.plan import plan
from vae.jobs.sweep import sweep
from vae.storage.checkpoints import load
from vae.training.build import choose_device
from vae.training.stacked import train_stacked

BETAS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 16)
ENGINES = ("one-by-one", "processes", "stacked")


def run(
    engine: str, dataset: Dataset, latent_dim: int, betas: tuple[float, ...], budget: dict[str, int]
) -> dict[str, Any]:
    """Run a whole sweep on an engine, in a folder of its own.

    Returns:
        The seconds of the sweep, the seconds of its training steps, and the ELBO of each member in nats.
    """
    members = plan(betas, (latent_dim,), 1, epochs=budget.get("epochs"), steps=budget.get("steps"))
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, VAE_CHECKPOINTS=folder):
        began = time.perf_counter()
        events = list(sweep(members, engine, dataset=dataset))
        seconds = time.perf_counter() - began
        failed = [event.error for event in events if event.state == "failed"]
        if failed:
            raise SystemExit(f"benchmarks/sweep.py: {failed[0]}")
        histories = [load(member.name).history["seconds"].sum() for member in members]
        elbos = {event.member.name: event.metrics["elbo"] for event in events if event.metrics}
    # The members of a stack all report the seconds of the stack.
    return {"seconds": seconds, "training": max(histories) if engine == "stacked" else sum(histories), "elbos": elbos}


def compare(
    dataset: Dataset, rounds: int, latent_dim: int, betas: tuple[float, ...], budget: dict[str, int]
) -> dict[str, Any]:
    """Run the three engines in interleaved rounds; return their median seconds and the ratios to one by one."""
    run("one-by-one", dataset, latent_dim, betas[:1], {"steps": 10})
    for _ in train_stacked([member.config for member in plan(betas[:2], (latent_dim,), 1, steps=10)], dataset):
        pass
    done = [{engine: run(engine, dataset, latent_dim, betas, budget) for engine in ENGINES} for _ in range(rounds)]

    def median(engine: str, key: str) -> float:
        return statistics.median(one[engine][key] for one in done)

    def ratio(engine: str, key: str) -> float:
        return round(statistics.median(one["one-by-one"][key] / one[engine][key] for one in done), 2)

    alone = done[0]["one-by-one"]["elbos"]
    return {
        "seconds": {engine: round(median(engine, "seconds"), 2) for engine in ENGINES},
        "stacked_speedup": ratio("stacked", "seconds"),
        "processes_speedup": ratio("processes", "seconds"),
        "stacked_training_speedup": ratio("stacked", "training"),
        "largest_difference": max(abs(alone[n] - done[0][e]["elbos"][n]) for e in ENGINES for n in alone),
        "members": len(betas),
        "latent_dim": latent_dim,
        "budget": budget,
        "rounds": rounds,
    }


def main() -> None:
    """Run the benchmark and print its result."""
    args = arguments(__doc__.split("\n", 1)[0])
    began = time.perf_counter()
    dataset = load_dataset("mnist")
    quick, full = (1, 2, BETAS[::2], {"steps": 120}), (1, 20, BETAS, {"epochs": 10})
    result = compare(dataset, *(quick if args.quick else full))
    result |= {
        "quick": args.quick,
        "total_seconds": round(time.perf_counter() - began, 1),
        "machine": machine(choose_device()),
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
