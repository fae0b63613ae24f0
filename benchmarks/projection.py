"""t-SNE of a VAE's codes against scikit-learn's, interleaved in one run: seconds, trustworthiness, and waiting.

    python benchmarks/projection.py [--quick] [--json]

Everything is measured on posterior means from the checkpoint `vae-20d`: of the first test images, and of all training
images. Keys are numbers of images.

- `tsne_speedup`: scikit-learn's seconds over ours, from codes to points, median of interleaved rounds. Ours are those
  of `tsne`, since `project` goes on to measure trustworthiness, which scikit-learn's t-SNE does not; theirs are those
  of `TSNE(init="pca", perplexity=30, n_jobs=-1, random_state=0)`.
- `trustworthiness_loss`: theirs minus ours, of all points at 12 neighbours (Venna & Kaski 2001).
- `cached_seconds`: from a new Projector to a map that is in its cache.
- `all_training`, not with `--quick`: `first_picture_seconds`, from the codes of 60,000 images to the first points to
  look at, which are the PCA; `first_change_seconds`, to those after 10 iterations; `finished_seconds`, to the finished
  map. `trustworthiness_loss` is that of scikit-learn's map of 10,000 of these codes, drawn at random, less that of our
  map of all codes at the same 10,000.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a file, from anywhere
# OpenMP reads this when it is loaded. Threads that spin while they wait would slow scikit-learn down by whatever else
# runs on this machine.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import openTSNE  # noqa: F401 — `tsne` imports it where it is used, and no import is to be timed
import torch
from sklearn.manifold import TSNE, trustworthiness

from benchmarks.machine import arguments, machine, report
from vae.data.datasets import load_dataset
from vae.explore.projection import Projection, ProjectionSettings, tsne
from vae.explore.projector import Projector, cache_path, write_cached
from vae.measure.latent_quality import TRUST_NEIGHBOURS
from vae.models.codes import encode_images
from vae.storage.checkpoints import load
from vae.storage.models import load_model

SETTINGS = ProjectionSettings("t-sne", perplexity=30.0, seed=0)
GOALS = {
    "tsne_speedup": {"5000": "at least 2", "10000": "at least 3"},
    "trustworthiness_loss": "at most 0.005",
    "cached_seconds": "under 0.3",
    "first_picture_seconds": "under 3",
    "finished_seconds": "under 45",
}
SUBSET = 10_000


def timed(compute: Callable[[np.ndarray], np.ndarray], codes: np.ndarray) -> tuple[np.ndarray, float]:
    """Make a map (N, 2) and return it with the seconds that it took."""
    began = time.perf_counter()
    points = compute(codes)
    return points, time.perf_counter() - began


def ours(codes: np.ndarray) -> np.ndarray:
    """Map codes (N, D) to points (N, 2) as the app does."""
    return tsne(codes, SETTINGS, None)


def theirs(codes: np.ndarray) -> np.ndarray:
    """Map codes (N, D) to points (N, 2) by scikit-learn's t-SNE on all cores."""
    return TSNE(init="pca", perplexity=SETTINGS.perplexity, n_jobs=-1, random_state=SETTINGS.seed).fit_transform(codes)


def measure_trust(codes: np.ndarray, points: np.ndarray) -> float:
    """Compute the trustworthiness of a whole map at 12 neighbours."""
    return float(trustworthiness(codes, points, n_neighbors=TRUST_NEIGHBOURS))


def watch_all(codes: np.ndarray) -> dict[str, float]:
    """Map codes as the app does, note when there is something to see, and compare a subset with scikit-learn's map."""
    began, seen = time.perf_counter(), dict[int, float]()

    def note(iteration: int, *_: object) -> None:
        seen.setdefault(iteration, time.perf_counter() - began)

    points = tsne(codes, SETTINGS, note)
    finished = time.perf_counter() - began
    subset = np.random.default_rng(0).permutation(len(codes))[:SUBSET]
    their, our = (measure_trust(codes[subset], map_) for map_ in (theirs(codes[subset]), points[subset]))
    return {
        "first_picture_seconds": round(seen[0], 3),
        "first_change_seconds": round(seen[10], 2),
        "finished_seconds": round(finished, 2),
        "their_trustworthiness": round(their, 4),
        "our_trustworthiness": round(our, 4),
        "trustworthiness_loss": round(their - our, 4),
    }


def compare(codes: np.ndarray, rounds: int) -> dict[str, float]:
    """Run both on the same codes in interleaved rounds; trustworthiness is that of the maps of the last round."""
    pairs = []
    for _ in range(rounds):
        our_points, our_seconds = timed(ours, codes)
        their_points, their_seconds = timed(theirs, codes)
        pairs.append((their_seconds, our_seconds))
    trust = {
        name: measure_trust(codes, points)
        for name, points in (("their_trustworthiness", their_points), ("our_trustworthiness", our_points))
    }
    return {
        "their_seconds": round(statistics.median(seconds for seconds, _ in pairs), 2),
        "our_seconds": round(statistics.median(seconds for _, seconds in pairs), 2),
        "tsne_speedup": round(statistics.median(a / b for a, b in pairs), 2),
        **{name: round(value, 4) for name, value in trust.items()},
        "trustworthiness_loss": round(trust["their_trustworthiness"] - trust["our_trustworthiness"], 4),
        "cached_seconds": round(second_look(codes, Projection(our_points, trust["our_trustworthiness"])), 4),
    }


def second_look(codes: np.ndarray, projection: Projection) -> float:
    """Measure the seconds that a new Projector takes for a map that is kept on disk."""
    with tempfile.TemporaryDirectory() as folder:
        write_cached(cache_path(codes, SETTINGS, Path(folder)), projection)
        began = time.perf_counter()
        found = Projector(Path(folder)).request(codes, SETTINGS, "benchmark").result
        seconds = time.perf_counter() - began
    assert found is not None
    return seconds


def main() -> None:
    """Run the benchmark and print its result."""
    args = arguments(__doc__.split("\n", 1)[0])
    began = time.perf_counter()
    counts, rounds = ((5_000,), 1) if args.quick else ((5_000, 10_000), 3)
    model, dataset = load_model(load("vae-20d")), load_dataset("mnist")
    codes = encode_images(model, dataset.test_images[: max(counts)])
    measured = {str(count): compare(codes[:count], rounds) for count in counts}
    result: dict[str, Any] = {
        key: {count: numbers[key] for count, numbers in measured.items()} for key in measured[str(counts[0])]
    }
    if not args.quick:
        result["all_training"] = watch_all(encode_images(model, dataset.train_images))
    libraries = {name: version(name) for name in ("openTSNE", "scikit-learn")}
    result |= {
        "goals": GOALS,
        "rounds": rounds,
        "quick": args.quick,
        "seconds": round(time.perf_counter() - began, 1),
        "machine": machine(torch.device("cpu")) | libraries,
    }
    report(result, as_json=args.json)


if __name__ == "__main__":
    main()
