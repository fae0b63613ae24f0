"""The trainer against pytorch/examples' vae, interleaved in one run: seconds an epoch, seconds to the same loss.

    python benchmarks/training.py [--quick] [--json]

- `epoch_speedup`: an epoch's seconds of the reference over ours, the same model and optimisation (784-400-20, ReLU,
  batch 128, Adam at a constant 1e-3), training passes alone, median of interleaved rounds.
- `sooner_at_reference_loss`: the seconds of the reference's ten training passes, over those of the default recipe's
  shortest budget on a grid that reaches its ten-epoch test loss, 105.7 nats (all 10,000 test images, one draw of z
  each). Ours counts everything from the first step, tests included; the reference is not charged for its own.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

from benchmarks.machine import arguments, machine, report
from benchmarks.reference import Reference, write_mnist
from vae.config import TrainConfig, recommended
from vae.data import Dataset, load_dataset
from vae.training import EpochReport, choose_device, train

REFERENCE_LOSS = 105.7
STEPS = 469  # of batch 128 in an epoch of 60,000 images
IDENTICAL = {
    "latent_dim": 20,
    "hidden": (400,),
    "activation": "relu",
    "learning_rate": 1e-3,
    "schedule": "constant",
    "adam_beta2": 0.999,
}
GRID = (4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 8.0, 10.0, 15.0)


def our_seconds_per_step(dataset: Dataset, steps: int, seed: int) -> float:
    """The mean seconds of a step, of a fresh model."""
    *_, last = train(TrainConfig(steps=steps, seed=seed, **IDENTICAL), dataset)  # type: ignore[arg-type]
    return last.seconds / steps


def compare_epochs(dataset: Dataset, rounds: int, steps: int, *, to_the_end: bool) -> dict[str, Any]:
    """Interleaved rounds of the reference and of ours."""
    with tempfile.TemporaryDirectory() as folder:
        write_mnist(dataset, Path(folder))
        reference = Reference(Path(folder), choose_device())
        reference.seconds_per_step(20)
        our_seconds_per_step(dataset, 20, seed=0)
        pairs = [
            (reference.seconds_per_step(steps), our_seconds_per_step(dataset, steps, seed)) for seed in range(rounds)
        ]
        theirs, ours = (statistics.median(times) * STEPS for times in zip(*pairs, strict=True))
        return {
            "reference_epoch_seconds": round(theirs, 3),
            "our_epoch_seconds": round(ours, 3),
            "epoch_speedup": round(statistics.median(a / b for a, b in pairs), 2),
            "reference_test_loss": round(reference.test_loss(), 2) if to_the_end else None,
            "rounds": rounds,
            "steps_a_round": steps,
        }


def time_to_reference_loss(dataset: Dataset, grid: tuple[float, ...]) -> dict[str, Any]:
    """The shortest budget whose whole run ends at the reference's loss or below."""
    tried = []
    for seconds in grid:
        last = run_for(dataset, 20, seconds)
        tried.append({"seconds": round(last.elapsed, 2), "test_loss": round(last.test.total, 2)})
        if last.test.total <= REFERENCE_LOSS:
            return {"seconds_to_reference_loss": round(last.elapsed, 2), "budgets_tried": tried}
    return {"seconds_to_reference_loss": None, "budgets_tried": tried}


def run_for(dataset: Dataset, latent_dim: int, seconds: float) -> EpochReport:
    """The default recipe at a budget, to its end."""
    config = TrainConfig(latent_dim=latent_dim, seconds=seconds, **recommended(latent_dim, "mlp", seconds=seconds))
    *_, last = train(config, dataset)
    return last


def main() -> None:
    args = arguments(__doc__.split("\n", 1)[0])
    began = time.perf_counter()
    dataset = load_dataset("mnist")
    if args.quick:
        result = compare_epochs(dataset, rounds=3, steps=234, to_the_end=False)
        result |= time_to_reference_loss(dataset, (6.0, 7.0, 10.0))
    else:
        # Ten rounds of one epoch: the reference is then at its own ten-epoch loss.
        result = compare_epochs(dataset, rounds=10, steps=STEPS, to_the_end=True)
        result |= time_to_reference_loss(dataset, GRID)
        budgets = [(dim, seconds) for dim in (20, 2) for seconds in (10.0, 30.0, 60.0)]
        result["test_loss_by_budget"] = {
            f"{dim}-D, {seconds:g} s": round(run_for(dataset, dim, seconds).test.total, 2) for dim, seconds in budgets
        }
    needed = result["seconds_to_reference_loss"]
    result["sooner_at_reference_loss"] = (
        None if needed is None else round(10 * result["reference_epoch_seconds"] / needed, 2)
    )
    result |= {
        "quick": args.quick,
        "seconds": round(time.perf_counter() - began, 1),
        "machine": machine(choose_device()),
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
