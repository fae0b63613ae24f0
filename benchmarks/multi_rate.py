"""One VAE for every β against a VAE for each β: objectives by β and latent size, training time, and bytes.

    python benchmarks/multi_rate.py [--quick] [--json] [--sizes 2,10] [--seeds 3] [--folder FOLDER]

- `gap_percent`, by latent size and β: 100 · (objective of the multi-rate VAE, frozen at that β, over that of the other
  − 1). The objective is reconstruction + β · KL, over all test images with one draw of z each and the same noise for
  every model; both are means over the seeds. Below 0 the multi-rate VAE is better. `ladder`: the project's runs of that
  β, 20 epochs, one seed. `alone`: VAEs that were trained for that β alone, with as many epochs as the multi-rate VAE
  and with the same seeds. `worst_gap_percent`: the largest of a latent size. Goals for the ladder: 1.0 at 2-D, 1.5 at
  10-D.
- `seed_spread_percent`: the range of the multi-rate VAE's objective over its seeds, in percent of their mean.
- `nats`, by latent size and β: reconstruction and KL of each, means over seeds. At large β the objective is nearly
  flat, so that equal objectives may lie far apart here.
- `training_time_share`: the time to train one multi-rate VAE over that of the ladder's ten runs, from images a second
  in interleaved rounds and the epochs of each. Goal: 0.25. `step_time_ratio`: a step's time over that of a VAE.
- `bytes`: of the weights as they are shipped, in half precision: of the multi-rate VAE, and of the ladder's runs.

Trained models are kept in FOLDER (default: .cache/multi-rate), and those that are finished are not trained again.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

from safetensors.torch import save

from benchmarks.machine import add_arguments, machine, report
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.folders import ROOT
from vae.jobs.plan import Member, plan
from vae.jobs.sweep import sweep
from vae.measure.evaluate import losses_per_image
from vae.models.multi_rate import MultiRateVAE
from vae.storage.cache import FOLDER
from vae.storage.checkpoints import load, read_checkpoint
from vae.storage.header import WEIGHTS
from vae.storage.models import load_model
from vae.training.build import choose_device
from vae.training.recipe import recommended_epochs
from vae.training.speed import measure_speed

BETAS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # of the ladders, but for 0, which has no logarithm
HIDDEN = {2: (200, 200, 200), 10: (256, 256)}  # by latent size, of the ladders
SHIPPED = ROOT / "checkpoints"
Nats = dict[float, list[tuple[float, float]]]  # by β, of every seed: reconstruction and KL


def trained(members: Sequence[Member], dataset: Dataset, engine: str) -> list[str]:
    """Train the members that are not finished in the folder of the checkpoints, and return the names of all."""
    for event in sweep(members, engine, dataset=dataset):
        if event.error:
            raise SystemExit(f"benchmarks/multi_rate.py: {event.error}")
    return [member.name for member in members]


def of_every_beta(names: Sequence[str], dataset: Dataset, betas: Sequence[float]) -> Nats:
    """Measure multi-rate VAEs, one for each seed, frozen at every β."""
    found: Nats = {beta: [] for beta in betas}
    for name in names:
        checkpoint = load(name)
        model = load_model(checkpoint)
        assert isinstance(model, MultiRateVAE)
        for beta in betas:
            losses = losses_per_image(model.at(beta), dataset, checkpoint.config)
            found[beta].append((float(losses["test_reconstruction"].mean()), float(losses["test_kl"].mean())))
    return found


def of_one_beta(folders: Sequence[Path]) -> Nats:
    """Read what was measured, on the same images with the same noise, of runs that were trained for one β each."""
    found: Nats = {}
    for checkpoint in map(read_checkpoint, folders):
        nats = checkpoint.metrics["test_reconstruction"], checkpoint.metrics["test_kl"]
        found.setdefault(checkpoint.config.beta, []).append(nats)
    return found


def objectives(nats: Nats) -> dict[float, list[float]]:
    """Return reconstruction + β · KL by β, of every seed."""
    return {beta: [one + beta * kl for one, kl in each] for beta, each in nats.items()}


def gap_percent(ours: Nats, theirs: Nats) -> dict[str, float]:
    """Return by β how many percent the mean objective of `ours` lies above that of `theirs`."""
    one, other = objectives(ours), objectives(theirs)
    means = {beta: statistics.mean(one[beta]) / statistics.mean(other[beta]) for beta in one}
    return {f"{beta:g}": round(100 * (ratio - 1), 2) for beta, ratio in means.items()}


def compare(
    dataset: Dataset, size: int, betas: Sequence[float], seeds: int, budget: dict[str, Any], engine: str
) -> dict[str, Any]:
    """Train what is missing of a latent size, and compare the multi-rate VAE with the ladder and with VAEs alone."""
    shape: dict[str, Any] = {"hidden": HIDDEN[size], "body": "mlp"}
    names = trained(plan((1.0,), (size,), seeds, "every", model="multi-rate-vae", **shape, **budget), dataset, engine)
    alone = trained(plan(betas, (size,), seeds, "alone", **shape, **budget), dataset, engine)
    nats = {
        "multi_rate": of_every_beta(names, dataset, betas),
        "ladder": of_one_beta([rung(size, beta) for beta in betas]),
        "alone": of_one_beta([load(name).path for name in alone]),
    }
    gaps = {other: gap_percent(nats["multi_rate"], nats[other]) for other in ("ladder", "alone")}
    spread = {
        f"{beta:g}": round(100 * (max(each) - min(each)) / statistics.mean(each), 2)
        for beta, each in objectives(nats["multi_rate"]).items()
    }
    halves = {key: tensor.half() for key, tensor in load_model(load(names[0])).state_dict().items()}
    rungs = [folder / WEIGHTS for folder in SHIPPED.glob(f"ladder-vae-{size}d-beta*-seed0")]
    return {
        "gap_percent": gaps,
        "worst_gap_percent": {other: max(each.values()) for other, each in gaps.items()},
        "seed_spread_percent": spread,
        "nats": {name: rounded_means(each) for name, each in nats.items()},
        "bytes": {"multi_rate": len(save(halves)), "ladder": sum(path.stat().st_size for path in rungs)},
    }


def rung(size: int, beta: float) -> Path:
    """Return the folder of the project's run of a latent size and a β."""
    return SHIPPED / f"ladder-vae-{size}d-beta{beta:g}-seed0"


def rounded_means(nats: Nats) -> dict[str, list[float]]:
    """Return mean reconstruction and KL by β."""
    return {
        f"{beta:g}": [round(statistics.mean(terms), 2) for terms in zip(*each, strict=True)]
        for beta, each in nats.items()
    }


def training_time(dataset: Dataset, size: int, rounds: int, seconds: float) -> dict[str, float]:
    """Compare the training time of one multi-rate VAE with that of the ladder's ten runs, in interleaved rounds."""
    ladder = replace(read_checkpoint(rung(size, 1.0)).config, device="auto")
    every = replace(ladder, model="multi-rate-vae", epochs=recommended_epochs("multi-rate-vae"))
    assert every.epochs is not None
    assert ladder.epochs is not None
    ratios = [measure_speed(ladder, dataset, seconds) / measure_speed(every, dataset, seconds) for _ in range(rounds)]
    ratio = statistics.median(ratios)
    return {
        "training_time_share": round(ratio * every.epochs / ((len(BETAS) + 1) * ladder.epochs), 3),
        "step_time_ratio": round(ratio, 2),
    }


def main() -> None:
    """Run the benchmark and print its result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_arguments(parser)
    parser.add_argument("--sizes", default="2,10", help="latent sizes, of 2 and 10; default: both")
    parser.add_argument("--seeds", type=int, default=3, help="seeds of training; default: 3")
    parser.add_argument("--folder", type=Path, default=FOLDER / "multi-rate", help="where the models are kept")
    args = parser.parse_args()
    sizes = [int(word) for word in args.sizes.split(",") if word.isdigit()]
    if not sizes or set(sizes) - HIDDEN.keys() or args.seeds < 1:
        parser.error("give latent sizes of 2 and 10, and at least one seed")
    began, dataset = time.perf_counter(), load_dataset("mnist")
    betas: Sequence[float] = BETAS
    seeds, engine = args.seeds, "auto"
    budget = {"epochs": recommended_epochs("multi-rate-vae")}
    if args.quick:
        few = slice(58_000, 61_000)  # the last 2,000 training images and the first 1,000 test images
        dataset = replace(dataset, images=dataset.images[few], labels=dataset.labels[few], train_size=2_000)
        betas, seeds, engine, budget, sizes = BETAS[::4], 1, "one-by-one", {"steps": 100}, sizes[:1]
    result: dict[str, Any] = {}
    with patch.dict(os.environ, VAE_CHECKPOINTS=str(args.folder / "quick" if args.quick else args.folder)):
        for size in sizes:
            found = compare(dataset, size, betas, seeds, budget, engine)
            found |= training_time(dataset, size, 3 if args.quick else 15, 0.3 if args.quick else 2.0)
            for key, value in found.items():
                result.setdefault(key, {})[f"{size}-D"] = value
    result |= {
        "seeds": seeds,
        "budget": budget,
        "quick": args.quick,
        "total_seconds": round(time.perf_counter() - began, 1),
        "machine": machine(choose_device()),
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
