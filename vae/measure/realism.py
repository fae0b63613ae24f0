"""The test of realism of a data set and the network that sees for it, fitted once and then kept on disk."""

import hashlib
from pathlib import Path

import torch

from vae.data.dataset import Dataset
from vae.models import realism
from vae.models.feature_network import FeatureNetwork
from vae.models.judge import calibration_halves
from vae.models.realism import Realism, fit_realism
from vae.progress import Report
from vae.storage.cache import FOLDER, read_arrays, write_arrays

REFERENCES = FOLDER / "references"
BLURRED = 400  # images at most
BLUR = 1.5 / 28  # of the longer side
# Part of the cache's key. Raise the first number when the method changes in a way that the others do not show.
_RECIPE = (1, realism.REFERENCE, realism.NEIGHBOURS, realism.WIDEST, realism.AXES, realism.PASSING)


def load_realism(
    dataset: Dataset, network: FeatureNetwork, folder: Path | None = None, on_progress: Report | None = None
) -> Realism:
    """Return the test of realism of a data set and a network, which is fitted at most once and kept in `.cache/`.

    Args:
        folder: where it is kept, if not in `.cache/references/`.
        on_progress: called now and then with the fraction done while it is fitted, for some 15 seconds; an exception
            that it raises ends the computation.
    """
    path = cached_path("realism", dataset, network, _RECIPE, folder or REFERENCES)
    kept = read_arrays(path)
    if kept is not None and {"mean", "axes", "balls", "threshold"} <= kept.keys():
        return Realism(network, kept["mean"], kept["axes"], kept["balls"], float(kept["threshold"]))
    found = fit_realism(network, dataset, on_progress)
    write_arrays(path, mean=found.mean, axes=found.axes, balls=found.balls, threshold=found.threshold)
    return found


def share_of_blurred(realism: Realism, dataset: Dataset) -> float:
    """Return the share of blurred test images that pass: near 0, unless the data set has blurred images of its own.

    At most 400 of those that the threshold was not fitted to are blurred by a Gaussian whose σ is a nineteenth of the
    longer side, 1.5 of 28 pixels. Where many pass, the test does not tell sharp samples from blurred ones.
    """
    from scipy import ndimage  # which training need not have

    _, rows = calibration_halves(dataset)
    images = dataset.test_images[rows[:BLURRED]].numpy()
    width = BLUR * max(images.shape[2:])
    return float(realism.realistic(torch.from_numpy(ndimage.gaussian_filter(images, (0, 0, width, width)))).mean())


def cached_path(word: str, dataset: Dataset, network: FeatureNetwork, recipe: tuple[object, ...], folder: Path) -> Path:
    """Return a path in a folder for what is computed by a recipe for exactly this data set and this network."""
    of = (dataset.name, dataset.fingerprint, dataset.train_size, getattr(network, "temperature", None), recipe)
    digest = hashlib.sha256(repr(of).encode())
    for name, weights in network.identity():
        digest.update(name.encode() + weights.detach().cpu().contiguous().numpy().tobytes())
    return folder / f"{word}-{digest.hexdigest()[:32]}.npz"
