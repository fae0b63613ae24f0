"""Two numbers of a model's samples that take seconds: the share of realistic ones and their Fréchet distance.

`measure.quality` measures more, from more samples; these serve the comparison that follows a retraining. The samples of
two models of one latent size are decodes of the same z, so that the measures' replicates are pairs.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from vae.data.dataset import Dataset
from vae.generate.samples import prior_samples
from vae.measure.anchors import without_structure
from vae.measure.intervals import Measure, measured, random_rows
from vae.measure.paired import Difference, differences_from
from vae.measure.realism import REFERENCES, cached_path
from vae.measure.sample_quality import FRECHET_DRAWS, frechet_distance, scale
from vae.models.autoencoders import Autoencoder
from vae.models.feature_network import features_of, pooled
from vae.models.realism import Realism, reference_rows
from vae.progress import Report, part
from vae.storage.cache import read_arrays, write_arrays

SAMPLES = 5_000
QUICK_NUMBERS = ("realistic", "frechet")
_RECIPE = (1, SAMPLES)  # raise the first number when the method changes


@dataclass(frozen=True, eq=False)
class QuickReference:
    """The real images that samples are compared with, and the numbers of a good and a bad set in their place."""

    realism: Realism
    features: np.ndarray  # float32 (N, 128) of all test images
    good: dict[str, float]  # 5,000 training images that realism does not compare with, in the samples' place
    bad: dict[str, float]  # 5,000 images without structure in the samples' place


def load_quick_reference(
    dataset: Dataset, realism: Realism, folder: Path | None = None, on_progress: Report | None = None
) -> QuickReference:
    """Return a data set's `QuickReference`, computed once, in a quarter of a minute, and then read from `.cache/`.

    Args:
        on_progress: called now and then with the fraction done; an exception that it raises ends the computation.
    """
    path = cached_path("quick", dataset, realism.network, _RECIPE, folder or REFERENCES)
    kept = read_arrays(path)
    if kept is not None and {"features", "good", "bad"} <= kept.keys():
        good, bad = (dict(zip(QUICK_NUMBERS, kept[kind].tolist(), strict=True)) for kind in ("good", "bad"))
        return QuickReference(realism, kept["features"], good, bad)
    maps = pooled(realism.network, dataset.test_images, part(on_progress, 0, 0.5))
    seen = features_of(realism.network, maps)
    bare = QuickReference(realism, seen, {}, {})
    _, held_out = reference_rows(dataset)
    training = dataset.train_images[held_out[random_rows(len(held_out), SAMPLES)]]
    sets = training, torch.from_numpy(without_structure(training.numpy()))
    ends = []
    for number, images in enumerate(sets):
        found = _measure(images, bare, 2, part(on_progress, 0.5 + number / 4, 0.75 + number / 4))
        ends.append({name: measure.value for name, measure in found.items()})
    found_reference = QuickReference(realism, seen, *ends)
    good_row, bad_row = (np.array([end[name] for name in QUICK_NUMBERS]) for end in ends)
    write_arrays(path, features=seen, good=good_row, bad=bad_row)
    return found_reference


def quick_samples(
    model: Autoencoder, reference: QuickReference, on_progress: Report | None = None
) -> dict[str, Measure]:
    """Measure 5,000 decodes of z ~ N(0, I) by the names of `QUICK_NUMBERS`, the same z for all models of one size.

    Args:
        on_progress: called now and then with the fraction done; an exception that it raises ends the measurement.
    """
    images = torch.from_numpy(prior_samples(model, SAMPLES))
    found = _measure(images, reference, FRECHET_DRAWS, on_progress)
    return {
        name: replace(each, good=reference.good.get(name), bad=reference.bad.get(name)) for name, each in found.items()
    }


def quick_change(before: dict[str, Measure], after: dict[str, Measure]) -> dict[str, Difference]:
    """Return the paired change of each number of `quick_samples` between two models of one latent size."""
    found = {}
    for name in before.keys() & after.keys():
        one, other = before[name], after[name]
        assert one.replicates is not None
        assert other.replicates is not None
        values, replicates = np.array([[one.value, other.value]]), np.stack([[one.replicates, other.replicates]])
        found[name] = differences_from(0, values, replicates, SAMPLES)[1]
    return found


def _measure(
    images: torch.Tensor, reference: QuickReference, draws: int, on_progress: Report | None
) -> dict[str, Measure]:
    realism = reference.realism
    maps = pooled(realism.network, images, part(on_progress, 0, 0.6))
    passed, seen = realism.scores_of(maps) >= 1, features_of(realism.network, maps)
    told, random = part(on_progress, 0.6, 1), realism.network.random
    calls = 0

    def distance(real: np.ndarray, drawn: np.ndarray) -> float:
        nonlocal calls
        calls += 1
        told(min(1.0, calls / (draws + 1)))
        return frechet_distance(real, drawn)

    return {
        "realistic": measured(scale("realistic", random=random), np.mean, passed.astype(np.float64)),
        "frechet": measured(scale("frechet", random=random), distance, reference.features, seen, draws=draws),
    }
