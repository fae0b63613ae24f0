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
from vae.ui.shared import picture_rows, server
from vae.ui.shared.terms import explained

SHOWN = 8  # picked samples of each model at most
TEST_IMAGES = 500


def choose() -> bool:
    """Draw the switch that shows nearest training images, and return whether it is on."""
    return st.toggle("Show the nearest training image of each picked sample", key="nearest", bind="query-params")


def show(picked: Mapping[str, Sequence[Sample]], dataset: Dataset) -> None:
    """Draw the first picked samples of each model over their nearest training images, and say how near these are."""
    for word, samples in picked.items():
        if samples:
            _rows(word, samples[:SHOWN], dataset)
            if len(samples) > SHOWN:
                st.caption(f"These are the first {SHOWN} of {len(samples)} picked samples.")
    low, middle, high = np.percentile(test_distances(dataset.name, dataset.fingerprint), [5, 50, 95])
    st.caption(
        explained(
            f"Below each sample stands the nearest of all {dataset.train_size:,} training images with its "
            f"{dataset.word} and its distance, which is Euclidean over pixels from 0 to 1. Nine in ten test images, "
            f"which no model has seen, are {low:.1f} to {high:.1f} away from their nearest training image, and half "
            f"of them more than {middle:.1f}. A model that copied its training images would come far nearer."
        )
    )


def _rows(word: str, samples: Sequence[Sample], dataset: Dataset) -> None:
    images = np.stack([sample.image for sample in samples])
    indices, distances = _nearest(dataset.name, dataset.fingerprint, images.tobytes(), images)
    classes = [dataset.class_names[label] for label in dataset.train_labels[indices]]
    rows = {f"{word} sample": images, "training image": dataset.train_images[indices].numpy()}
    words = [f"{name} · {distance:.2f}" for name, distance in zip(classes, distances, strict=True)]
    picture_rows.show(
        image_rows(rows, {"training image": words}, columns=SHOWN),
        f"nearest_{word}",
        f"Picked samples of {word}, each over its nearest training image",
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
