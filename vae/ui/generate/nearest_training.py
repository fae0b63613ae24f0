"""The training images nearest to picked samples, and how near training images are to test images."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
import torch

from vae.data.dataset import Dataset
from vae.figures.images import image_rows
from vae.generate.samples import Sample
from vae.measure.intervals import random_rows
from vae.measure.neighbours import nearest_distances, nearest_images
from vae.ui.shared import charts, server

SHOWN = 8  # picked samples of each model at most
TEST_IMAGES = 500


def show(picked: Mapping[str, Sequence[Sample]], dataset: Dataset) -> None:
    """Draw a switch and, when it is on, the first picked samples of each model over their nearest training images."""
    if not st.toggle("Nearest training image of each picked sample", key="nearest", bind="query-params"):
        return
    for word, samples in picked.items():
        if samples:
            _rows(word, samples[:SHOWN], dataset)
            if len(samples) > SHOWN:
                st.caption(f"The first {SHOWN} of {len(samples)} picked.")
    low, middle, high = np.percentile(test_distances(dataset.name, dataset.fingerprint), [5, 50, 95])
    st.caption(
        f"Nearest of all {dataset.train_size:,} training images by Euclidean distance between pixels (range 0 to 1), "
        f"under it its {dataset.word} and the distance. A test image, which no model has seen, lies "
        f"{middle:.2f} from its nearest training image (median of {min(TEST_IMAGES, len(dataset.test_images))}; nine "
        f"in ten: {low:.2f} to {high:.2f}). A model that copied its training images would come far nearer. Decodes are "
        "smoother than images, which alone brings them a little nearer."
    )


def _rows(word: str, samples: Sequence[Sample], dataset: Dataset) -> None:
    images = np.stack([sample.image for sample in samples])
    indices, distances = _nearest(dataset.name, dataset.fingerprint, images.tobytes(), images)
    classes = [dataset.class_names[label] for label in dataset.train_labels[indices]]
    rows = {f"{word} sample": images, "training": dataset.train_images[indices].numpy()}
    words = [f"{name} · {distance:.2f}" for name, distance in zip(classes, distances, strict=True)]
    charts.show(
        image_rows(rows, {"training": words}, columns=SHOWN, margin=1.7),
        f"nearest_{word}",
        f"Picked samples of the {word}, each over its nearest training image",
    )


@st.cache_resource(max_entries=16, show_spinner="Looking through the training images…")
def _nearest(name: str, fingerprint: str, identity: bytes, _images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return nearest_images(torch.from_numpy(_images), server.dataset(name).train_images)


@st.cache_resource(max_entries=4, show_spinner="Measuring test images…")
def test_distances(name: str, fingerprint: str) -> np.ndarray:
    """Measure how far random test images are from their nearest training images, pixels in [0, 1]: (≤ 500,)."""
    dataset = server.dataset(name)
    rows = random_rows(len(dataset.test_images), TEST_IMAGES)
    return nearest_distances(dataset.test_images[rows], dataset.train_images)
