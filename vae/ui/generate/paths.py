"""Paths between test images through both latent spaces: decoded and read once each, measured and drawn."""

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vae.explore.projection import Projection, ProjectionSettings, place
from vae.figures import paths as path_figures
from vae.figures.images import image_rows
from vae.figures.maps import add_path, latent_maps
from vae.figures.paths import Walk
from vae.generate.paths import KINDS, chain, pixel_lengths
from vae.ui.compare.maps import View, panel, projections
from vae.ui.shared.models import WORDS, Pair, Trained, kept
from vae.ui.shared.readings import read_images

POINTS = 400
_PCA = ProjectionSettings("pca")


def both(pair: Pair, stops: tuple[int, ...], steps: int, kind: str) -> list[Walk]:
    """Decode the path through these test images with each model, and read the decodes with the judge."""
    return [_walk(trained, word, stops, steps, kind) for word, trained in pair.named()]


@kept(max_entries=32, show_spinner="Decoding the path…")
def _walk(trained: Trained, word: str, stops: tuple[int, ...], steps: int, kind: str) -> Walk:
    images = trained.decode(chain(trained.codes[list(stops)], steps, kind))
    return Walk(f"{word}: {trained.name}", images, *(read_images(trained.dataset, images) or (None, None)))


def names(stops: Sequence[int]) -> list[str]:
    """Return the names of the stops of a path: letters, because classes and images may be numbers."""
    return list(ascii_uppercase[: len(stops)])


def stops_figure(pair: Pair, stops: Sequence[int]) -> go.Figure:
    """Draw the test images that the path goes through, with their classes."""
    dataset = pair.vae.dataset
    classes = [dataset.class_names[label] for label in dataset.test_labels[list(stops)].tolist()]
    words = [f"{name}: {word}" for name, word in zip(names(stops), classes, strict=True)]
    return image_rows({"Stops": dataset.test_images[list(stops)].numpy()}, {"Stops": words}, columns=8, side=62)


def strip(walk: Walk, stops: Sequence[int], pair: Pair) -> go.Figure:
    """Draw what a model decodes on a path, and what the judge reads in it."""
    return path_figures.strip(walk, pair.vae.dataset.class_names, "place on the path", names(stops))


def lengths(pair: Pair, stops: tuple[int, ...], steps: int) -> list[dict[str, Any]]:
    """Measure both kinds of path in both models, lengths in pixels from 0 to 1: a row for each kind and model."""
    rows = []
    for kind in KINDS:
        for word, walk in zip(WORDS, both(pair, stops, steps, kind), strict=True):
            length = float(pixel_lengths(walk.images).sum())
            straight = float(pixel_lengths(walk.images[::steps]).sum())
            row = {"model": word, "path": kind, "path length": length, "direct distance": straight}
            # Where the stops decode alike, their distance is 0 and there is no ratio.
            row["length / distance"] = length / straight if straight else None
            if walk.classes is not None and walk.probabilities is not None:
                classes = pair.vae.dataset.class_names
                changes = np.flatnonzero(np.diff(walk.classes, prepend=-1))
                row["lowest probability"] = float(walk.probabilities.min())
                row["classes read"] = " → ".join(classes[walk.classes[place]] for place in changes)
            rows.append(row)
    return rows


def maps(pair: Pair, stops: tuple[int, ...], steps: int, kind: str) -> go.Figure:
    """Draw both latent maps with the path on them."""
    view = View("test", POINTS, ProjectionSettings("direct") if pair.flat else _PCA)
    found = projections(pair, view)
    assert found is not None  # None is returned only while a t-SNE is computed
    panels = [
        replace(panel(t, projection, view, word), title=f"<b>{word}</b> {t.name}")
        for (word, t), projection in zip(pair.named(), found, strict=True)
    ]
    figure = latent_maps(panels, pair.vae.dataset.class_names)
    for column, (trained, projection) in enumerate(zip(pair, found, strict=True), start=1):
        codes = chain(trained.codes[list(stops)], steps, kind)
        add_path(figure, _places(codes, trained, projection), names(stops), column)
    return figure


def _places(codes: np.ndarray, trained: Trained, projection: Projection) -> np.ndarray:
    if trained.latent_dim == 1:
        return np.column_stack([codes[:, 0], np.zeros(len(codes))])  # a 1-D map's vertical axis has no meaning
    if trained.latent_dim == 2:
        return codes
    return place(codes, trained.codes[:POINTS], projection, _PCA)


def frames(pair: Pair, stops: tuple[int, ...], steps: int, kind: str) -> np.ndarray:
    """Return the AE's picture with the VAE's at its right for every place on the path: uint8 (N, H, 2·W[, 3])."""
    images = np.concatenate([walk.images for walk in both(pair, stops, steps, kind)], axis=3)
    return images[:, 0] if images.shape[1] == 1 else images.transpose(0, 2, 3, 1)
