"""The test of realism of a data set and its judge, fitted once and then kept on disk."""

import hashlib
from pathlib import Path

from vae.data.datasets import Dataset
from vae.models import realism
from vae.models.judge import Judge
from vae.models.realism import Realism, fit_realism
from vae.progress import Report
from vae.storage.cache import FOLDER, read_arrays, write_arrays

REFERENCES = FOLDER / "references"
# Part of the cache's key. Raise the first number when the method changes in a way that the others do not show.
_RECIPE = (1, realism.REFERENCE, realism.NEIGHBOURS, realism.WIDEST, realism.AXES, realism.PASSING)


def load_realism(
    dataset: Dataset, judge: Judge, folder: Path | None = None, on_progress: Report | None = None
) -> Realism:
    """Return the test of realism of a data set and a judge, which is fitted at most once and kept in `.cache/`.

    Args:
        folder: where it is kept, if not in `.cache/references/`.
        on_progress: called now and then with the fraction done while it is fitted, for some 15 seconds; an exception
            that it raises ends the computation.
    """
    path = cached_path("realism", dataset, judge, _RECIPE, folder or REFERENCES)
    kept = read_arrays(path)
    if kept is not None and {"mean", "axes", "balls", "threshold"} <= kept.keys():
        return Realism(judge, kept["mean"], kept["axes"], kept["balls"], float(kept["threshold"]))
    found = fit_realism(judge, dataset, on_progress)
    write_arrays(path, mean=found.mean, axes=found.axes, balls=found.balls, threshold=found.threshold)
    return found


def cached_path(word: str, dataset: Dataset, judge: Judge, recipe: tuple[object, ...], folder: Path) -> Path:
    """Return a path in a folder for what is computed by a recipe for exactly this data set and this judge."""
    of = (dataset.name, dataset.fingerprint, dataset.train_size, judge.temperature, recipe)
    digest = hashlib.sha256(repr(of).encode())
    for name, weights in judge.state_dict().items():
        digest.update(name.encode() + weights.cpu().contiguous().numpy().tobytes())
    return folder / f"{word}-{digest.hexdigest()[:32]}.npz"
