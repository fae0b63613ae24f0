"""Words for the images of a data set and for what their labels say."""

from vae.data.dataset import Dataset

NEEDS_LABELS = "needs labels, which these images do not have"


def thing(dataset: Dataset) -> str:
    """Return the word for what an image of a data set shows: a digit, or an image where that is not known."""
    return "digit" if dataset.name == "mnist" else "image"


def plural(dataset: Dataset) -> str:
    """Return the word for several labels: classes, or the clusters that images without labels have instead."""
    return "classes" if dataset.labelled else "clusters"


def of_class(dataset: Dataset, name: str) -> str:
    """Return a class's name after its word, as in "class 7"; the name of a cluster says already what it is."""
    return f"class {name}" if dataset.labelled else name


def counted(count: int, one: str) -> str:
    """Return a number with its noun, which gets an s unless the number is 1: 1 sample, 2 samples."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"
