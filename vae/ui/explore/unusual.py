"""Test images ranked by how unusual a model finds them, and other images beside them; the scores are cached."""

import numpy as np
import streamlit as st
from torch import Tensor

from vae.data.datasets import DatasetError, downloaded
from vae.data.names import DATASETS, TITLES
from vae.explore.unusual import SCORES, STAND_INS, scores, shape_text
from vae.ui.shared import server
from vae.ui.shared.models import Trained, kept

# At most this many images of a set are scored: enough for an ROC curve, and few enough for a page to wait for.
MOST_IMAGES = 10_000


def offered(trained: Trained, choice: str) -> str:
    """Return the score to use: the chosen one, or the reconstruction loss for the ELBO of an AE, which has none."""
    return "reconstruction" if choice == "elbo" and trained.deviations is None else choice


def axis(trained: Trained, score: str) -> str:
    """Return the name and the unit of the score that is used for a model."""
    about = SCORES[offered(trained, score)]
    return f"{about.label}, {about.unit}"


def own_scores(trained: Trained, score: str) -> np.ndarray:
    """Score the first 10,000 test images: (N,)."""
    return _scores(trained, score, "", trained.dataset.test_images)


def other_scores(trained: Trained, score: str, other: str, images: Tensor) -> np.ndarray:
    """Score the first 10,000 of other images, uint8 (N, C, H, W), which the cache knows by the name `other`: (N,)."""
    return _scores(trained, score, other, images)


@kept(max_entries=32, show_spinner="Scoring the images…")
def _scores(trained: Trained, score: str, name: str, _images: Tensor) -> np.ndarray:
    return scores(trained.model, _images[:MOST_IMAGES], trained.checkpoint.config, offered(trained, score))


def worst_first(values: np.ndarray, labels: np.ndarray, label: int | None) -> np.ndarray:
    """Return the indices of the images of class `label`, or of all images if it is None, by falling score."""
    order = np.argsort(-values, kind="stable")
    return order if label is None else order[labels[order] == label]


def choose_other(trained: Trained) -> tuple[str, Tensor] | None:
    """Draw a list of other image sets and return the name and images, uint8 (N, C, H, W), of the chosen one.

    Return None, after a message, if the set cannot be read or its images have another shape.
    """
    names = [name for name in DATASETS if name != trained.dataset.name]
    words = {name: TITLES[name] + ("" if downloaded(name) else " (needs the network, once)") for name in names}
    words |= {name: f"{TITLES[trained.dataset.name]} {name}" for name in STAND_INS}
    name = st.selectbox(
        "Other images",
        [*STAND_INS, *names],
        format_func=words.__getitem__,
        key="unusual_other",
        bind="query-params",
        width=360,
    )
    if name in STAND_INS:
        return words[name], STAND_INS[name](trained.dataset.test_images[:MOST_IMAGES])
    if not downloaded(name) and not st.button(
        f"Download {TITLES[name]} from the network", key="unusual_download", icon=":material/download:"
    ):
        st.info(f"{TITLES[name]} is not on this machine. The button downloads it once; it needs the network.")
        return None
    try:
        found = server.dataset(name)
    except DatasetError as error:
        st.error(str(error))
        return None
    if found.image_shape != trained.dataset.image_shape:
        st.warning(
            f"{TITLES[name]} has {shape_text(found.image_shape)}, and these models read "
            f"{shape_text(trained.dataset.image_shape)}. Choose a set of that size."
        )
        return None
    return TITLES[name], found.test_images
