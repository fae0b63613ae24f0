"""Load an imported set as a data set whose images stay on disk until they are looked at."""

from pathlib import Path

import numpy as np
import torch

from vae.data.dataset import Dataset, DatasetError
from vae.data.imported.about import About, ImportedSetError, read_about, set_path
from vae.data.imported.columns import read_columns
from vae.data.imported.importing import IMAGES, LABELS
from vae.data.imported.pixels_file import mapped


def load_imported(name: str) -> Dataset:
    """Load an imported set by its name; its images are mapped from their file, and only what is looked at is read.

    Raises:
        DatasetError: when there is no set of that name, or it is damaged.
    """
    try:
        about = read_about(name)
        return _load(about, set_path(name))
    except ImportedSetError as error:
        raise DatasetError(str(error)) from error
    except (OSError, ValueError, TypeError, DatasetError) as error:
        raise DatasetError(
            f"The images called {name!r} are damaged ({str(error).rstrip('.')}); delete them on the page Your images, "
            "and import them again."
        ) from error


def _load(about: About, folder: Path) -> Dataset:
    images = mapped(folder / IMAGES)
    if images.shape != (about.count, *about.image_shape):
        raise ValueError(f"{IMAGES} is {tuple(images.shape)}, not {(about.count, *about.image_shape)}")
    with (folder / LABELS).open("rb") as file:
        labels = np.lib.format.read_array(file, allow_pickle=False)
    if labels.dtype != np.int64:
        raise ValueError(f"{LABELS} is {labels.dtype}")
    return Dataset(
        name=about.name,
        images=images,
        labels=torch.from_numpy(labels),
        train_size=about.train_size,
        class_names=about.class_names,
        fingerprint=about.fingerprint,
        validation_size=about.validation_size,
        labelled=about.labelled,
        columns=read_columns(folder, about.count),
    )
