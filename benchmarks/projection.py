"""t-SNE of a VAE's codes against scikit-learn's, interleaved in one run: seconds, trustworthiness, and a second look.

    python benchmarks/projection.py [--quick] [--json]

Everything is measured on the posterior means of the first test images, from the checkpoint `vae-20d`. Keys are numbers
of images.

- `tsne_speedup`: scikit-learn's seconds over ours, from codes to points, median of interleaved rounds. Ours are those
  of `tsne`, since `project` goes on to measure trustworthiness, which scikit-learn's t-SNE does not; theirs are those
  of `TSNE(init="pca", perplexity=30, n_jobs=-1, random_state=0)`.
- `trustworthiness_loss`: theirs minus ours, of all points at 12 neighbours (Venna & Kaski 2001).
- `cached_seconds`: from a new Projector to a map that is in its cache.
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
}


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


def compare(codes: np.ndarray, rounds: int) -> dict[str, float]:
    """Run both on the same codes in interleaved rounds; trustworthiness is that of the maps of the last round."""
    pairs = []
    for _ in range(rounds):
        our_points, our_seconds = timed(ours, codes)
        their_points, their_seconds = timed(theirs, codes)
        pairs.append((their_seconds, our_seconds))
    trust = {
        name: float(trustworthiness(codes, points, n_neighbors=TRUST_NEIGHBOURS))
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
        found = Projector(Path(folder)).request(codes, SETTINGS).result
        seconds = time.perf_counter() - began
    assert found is not None
    return seconds


def main() -> None:
    """Run the benchmark and print its result."""
    args = arguments(__doc__.split("\n", 1)[0])
    began = time.perf_counter()
    counts, rounds = ((5_000,), 1) if args.quick else ((5_000, 10_000), 3)
    codes = encode_images(load_model(load("vae-20d")), load_dataset("mnist").test_images[: max(counts)])
    measured = {str(count): compare(codes[:count], rounds) for count in counts}
    result: dict[str, Any] = {
        key: {count: numbers[key] for count, numbers in measured.items()} for key in measured[str(counts[0])]
    }
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
