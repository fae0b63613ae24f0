"""The VAE's likelihood against print: dynamically binarised MNIST, all test images, 5,000 importance samples each.

    python benchmarks/likelihood.py [--quick] [--json] [--rows 2,20] [--folder FOLDER]

`rows` puts our number beside every published one, in nats: −L_k (Burda, Grosse & Salakhutdinov 2016) of the 10,000 test
images, binarised once, at k = 5,000, which is close to −log p(x), and at k = 1 and 50, with settings and seconds.

- Davidson et al. 2018, table 1, the Gaussian VAE: latent sizes 2, 5, 10, 20 and 40, bodies of two hidden layers.
- Burda et al. 2016, table 1, VAE at k = 1: 784-200-200-50.
- Convolutional VAEs of latent sizes 2 to 40, only on a GPU; published: 132.6, 105.4, 88.8, 83.7 and 83.2.

Trained models are kept in FOLDER (default: .cache/likelihood), and a model that is finished there is not trained again.
"""

import argparse
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere

from benchmarks.machine import add_arguments, machine, report
from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.data.pixels import binarise
from vae.jobs.engines import one_by_one
from vae.jobs.plan import Member
from vae.jobs.sweep import finished
from vae.measure.likelihood import likelihood
from vae.storage.cache import FOLDER
from vae.storage.checkpoints import load
from vae.storage.models import load_model
from vae.training.build import choose_device
from vae.training.config import TrainConfig
from vae.training.recipe import recommended

DRAWS = (1, 50, 5_000)


@dataclass(frozen=True)
class Row:
    """A published number and the settings of the model that we compare with it."""

    name: str
    source: str
    published: float  # nats, an upper bound on −log p(x)
    latent_dim: int
    epochs: int
    body: str = "mlp"
    hidden: tuple[int, ...] = (200, 200)
    beta_warmup: float = 0.0

    def config(self, epochs: int) -> TrainConfig:
        """Return the settings of the row's model: the recipe with the row's own sizes, on binarised pixels."""
        recipe = recommended(self.latent_dim, self.body, epochs=epochs)
        recipe |= {"hidden": self.hidden, "beta_warmup": self.beta_warmup}
        return TrainConfig(latent_dim=self.latent_dim, body=self.body, binarised=True, epochs=epochs, **recipe)


DAVIDSON = "Davidson et al. 2018, Gaussian VAE"
ROWS = (
    Row("2", DAVIDSON, 135.7, 2, 60, hidden=(200, 200, 200)),
    Row("5", DAVIDSON, 110.2, 5, 60),
    # Many dimensions become active only if the KL comes in late: without the warm-up 13 of 20 are active.
    Row("10", DAVIDSON, 93.8, 10, 100, beta_warmup=0.5),
    Row("20", DAVIDSON, 88.9, 20, 150, beta_warmup=0.5),
    Row("40", DAVIDSON, 88.9, 40, 150, beta_warmup=0.5),
    Row("200-200-50", "Burda et al. 2016, VAE, k = 1", 86.76, 50, 300, beta_warmup=0.5),
)
CONV_PUBLISHED = {2: 132.6, 5: 105.4, 10: 88.8, 20: 83.7, 40: 83.2}
CONV_ROWS = tuple(
    Row(f"conv-{size}", "convolutional", published, size, 100, "conv", (32, 64))
    for size, published in CONV_PUBLISHED.items()
)


def measure_row(row: Row, dataset: Dataset, *, quick: bool) -> dict[str, Any]:
    """Train a row's model, unless it is trained already; return its settings and its likelihood's bounds in nats."""
    config = row.config(1 if quick else row.epochs)
    member = Member(f"likelihood-{row.name}", config)
    if finished(member) is None:
        for event in one_by_one([member], dataset):
            if event.error:
                raise SystemExit(f"benchmarks/likelihood.py: {event.error}")
    checkpoint = load(member.name)
    draws, images = ((1, 5, 50), 500) if quick else (DRAWS, 10_000)
    began = time.perf_counter()
    model = load_model(checkpoint, choose_device())
    found = likelihood(model, binarise(dataset.test_images[:images]), config, draws)
    return {
        "row": row.name,
        "source": row.source,
        "published": row.published,
        "nll": round(float(-found.bounds[max(draws)].mean()), 3),
        "bounds": {k: round(float(-bound.mean()), 3) for k, bound in found.bounds.items()},
        "elbo_with_exact_kl": round(float(-found.elbo.mean()), 3),
        "kl": round(float(found.kl.sum(1).mean()), 3),
        "images": images,
        "training_seconds": round(checkpoint.seconds_taken, 1),
        "measuring_seconds": round(time.perf_counter() - began, 1),
        "settings": asdict(config),
    }


def main() -> None:
    """Run the benchmark and print its result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    add_arguments(parser)
    parser.add_argument("--rows", help="names of rows, such as 2,20; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER / "likelihood", help="where the models are kept")
    args = parser.parse_args()
    device = choose_device()
    rows = ROWS + (CONV_ROWS if device.type == "cuda" else ())
    chosen = args.rows.split(",") if args.rows else ["20"] if args.quick else [row.name for row in rows]
    unknown = sorted(set(chosen) - {row.name for row in rows})
    if unknown:
        parser.error(f"there is no row {unknown[0]!r} here; choose from {', '.join(row.name for row in rows)}")
    dataset = load_dataset("mnist")
    began = time.perf_counter()
    with patch.dict(os.environ, VAE_CHECKPOINTS=str(args.folder / "quick" if args.quick else args.folder)):
        found = [measure_row(row, dataset, quick=args.quick) for row in rows if row.name in chosen]
    result = {
        "rows": found,
        "quick": args.quick,
        "total_seconds": round(time.perf_counter() - began, 1),
        "machine": machine(device),
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
