"""The reference for sample quality: test images' features, and the scores of a good and a bad set of samples."""

from pathlib import Path

import numpy as np

from vae.data.dataset import Dataset
from vae.measure.intervals import random_rows
from vae.measure.neighbours import MANIFOLD_NEIGHBOURS, nearest_distances
from vae.measure.realism import REFERENCES, cached_path, load_realism
from vae.measure.sample_quality import COPY_IMAGES, Reference, sample_quality
from vae.models.feature_network import FeatureNetwork, features
from vae.models.realism import Realism, reference_rows
from vae.progress import Report, part
from vae.storage.cache import read_arrays, write_arrays

IMAGES = 10_000
# Part of the cache's key. Raise the first number when the method changes in a way that the others do not show.
_RECIPE = (2, IMAGES, COPY_IMAGES, MANIFOLD_NEIGHBOURS)


def load_reference(
    dataset: Dataset,
    network: FeatureNetwork,
    folder: Path | None = None,
    on_progress: Report | None = None,
) -> Reference:
    """Return a data set's `Reference` for the network that sees for it.

    It is computed once, in half a minute, and then read from `.cache/references/`. Its images are drawn at random, at
    most 10,000 of each kind. The test of realism is `load_realism`'s. The anchors:

    - `good`: the scores of training images in the place of samples. A judge was trained on them; the test of realism
      does not compare with them.
    - `bad`: the scores of training images whose pixels are shuffled over the images (`without_structure`). This is the
      best that a model without a latent space can do: right in every pixel and wrong in every image.
    - Memorisation has anchors of its own: test images score 1 by definition; training images, being copies, score 0.

    Args:
        on_progress: called now and then with the fraction done; an exception that it raises ends the computation.
    """
    path = reference_path(dataset, network, folder)
    realism = load_realism(dataset, network, path.parent, part(on_progress, 0, 0.3))
    kept = read_arrays(path)
    if kept is not None and {"features", "nearest", "names", "good", "bad"} <= kept.keys():
        names = kept["names"].tolist()
        good, bad = (dict(zip(names, kept[kind].tolist(), strict=True)) for kind in ("good", "bad"))
        return Reference(kept["features"], kept["nearest"], realism, good, bad)
    found = _compute(dataset, network, realism, part(on_progress, 0.3, 1))
    write_arrays(
        path,
        features=found.features,
        nearest=found.nearest,
        names=np.array(list(found.good)),
        good=np.array(list(found.good.values())),
        bad=np.array([found.bad[name] for name in found.good]),
    )
    return found


def reference_path(dataset: Dataset, network: FeatureNetwork, folder: Path | None = None) -> Path:
    """Return the path of the cached reference for exactly this data set and this network."""
    return cached_path("quality", dataset, network, _RECIPE, folder or REFERENCES)


def without_structure(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Shuffle the values at each place of images (N, C, H, W) over the images, independently of all other places."""
    return np.random.default_rng(seed).permuted(images, axis=0)


def _compute(dataset: Dataset, network: FeatureNetwork, realism: Realism, on_progress: Report) -> Reference:
    test = dataset.test_images[random_rows(len(dataset.test_images), IMAGES)]
    _, held_out = reference_rows(dataset)
    training = dataset.train_images[held_out[random_rows(len(held_out), IMAGES)]].numpy()
    seen = features(network, test, part(on_progress, 0, 0.2))
    few = test[random_rows(len(test), COPY_IMAGES)]
    nearest = nearest_distances(few, dataset.train_images, part(on_progress, 0.2, 0.25))
    bare = Reference(seen, nearest, realism, {}, {})
    good = sample_quality(training, dataset, network, bare, on_progress=part(on_progress, 0.25, 0.625))
    bad = sample_quality(without_structure(training), dataset, network, bare, on_progress=part(on_progress, 0.625, 1))
    good_values, bad_values = ({name: measure.value for name, measure in found.items()} for found in (good, bad))
    good_values, bad_values = good_values | {"memorisation": 1.0}, bad_values | {"memorisation": 0.0}
    return Reference(seen, nearest, realism, good_values, bad_values)
