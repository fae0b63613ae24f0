"""Test images ranked by how unusual a model finds them, and other images beside them; the scores are cached."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from torch import Tensor

from vae.data.dataset import DatasetError
from vae.data.imported import shelf
from vae.data.names import BUILT_IN
from vae.explore.unusual import SCORES, STAND_INS, TURNED, detection, scores, shape_text
from vae.figures.images import image_rows
from vae.figures.unusual import histograms, roc_curves
from vae.ui.frame import data_set
from vae.ui.shared import charts, picture_rows, server
from vae.ui.shared.models import Pair, Trained, drawn, kept
from vae.ui.shared.plain import plain
from vae.ui.shared.terms import explained

# At most this many images of a set are scored: enough for an ROC curve, and few enough for a page to wait for.
MOST_IMAGES = 10_000
COLUMNS = 12
HALF = 6  # of them, which a phone shows beside each other
FIRST = 16  # other images that are shown
SIDE = 62  # pixels


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


def other_scores(trained: Trained, score: str, key: str, images: Tensor) -> np.ndarray:
    """Score the first 10,000 of other images, uint8 (N, C, H, W), which the cache knows by their key: (N,)."""
    return _scores(trained, score, key, images)


@kept(max_entries=32, show_spinner="Scoring the images…")
def _scores(trained: Trained, score: str, key: str, _images: Tensor) -> np.ndarray:
    return scores(trained.model, _images[:MOST_IMAGES], trained.checkpoint.config, offered(trained, score))


def worst_first(values: np.ndarray, labels: np.ndarray, label: int | None) -> np.ndarray:
    """Return the indices of the images of class `label`, or of all images if it is None, by falling score."""
    order = np.argsort(-values, kind="stable")
    return order if label is None else order[labels[order] == label]


@drawn(show_spinner="Scoring the images…")
def worst(trained: Trained, word: str, score: str, label: int | None, rows: int, rank: int) -> None:
    """Draw rows of the test images that a model does worst on, from a rank on, over what it makes of them."""
    values = own_scores(trained, score)
    labels = trained.dataset.test_labels[: len(values)].numpy()
    ranked = worst_first(values, labels, label)
    chosen = ranked[rank - 1 : rank - 1 + rows * COLUMNS].tolist()
    ranks = f": ranks {rank:,} to {rank + len(chosen) - 1:,} of {len(ranked):,} test images" if chosen else ""
    st.markdown(explained(f"**{word}: {trained.name}**, ranked by its {axis(trained, score)}{ranks}"))
    if not chosen:
        st.info(f"There are only {len(ranked):,} test images of that {trained.dataset.word}. Choose a lower rank.")
        return
    texts = [f"{trained.dataset.class_names[labels[i]]} · {values[i]:.0f}" for i in chosen]
    for number, (column, half) in enumerate(picture_rows.halves(range(len(chosen))), start=1):
        with column:
            picture_rows.show(
                _rows(trained, chosen, texts, half, rank),
                f"unusual_{word}_{number}",
                "Test images that the model does worst on, and what it makes of them",
            )


def _rows(trained: Trained, chosen: list[int], texts: list[str], places: Sequence[int], rank: int) -> go.Figure:
    """Draw the chosen test images at these places, six in a row, each over what the model makes of it and its text."""
    pictures: dict[str, np.ndarray] = {}
    captions: dict[str, list[str]] = {}
    for start in range(0, len(places), HALF):
        part = list(places[start : start + HALF])
        own, made = f"rank {rank + part[0]}–{rank + part[-1]}", f"decoded{' ' * len(pictures)}"  # a name for every row
        shown = [chosen[place] for place in part]
        pictures[own], pictures[made] = trained.dataset.test_images[shown].numpy(), trained.reconstruct(shown)[0]
        captions[made] = [texts[place] for place in part]
    longest = len(f"rank {rank + len(chosen) - 1}–{rank + len(chosen) - 1}")  # so that the rows of both halves align
    return image_rows(pictures, captions, side=SIDE, columns=HALF, named=longest)


def choose_other(trained: Trained) -> tuple[str, str, Tensor] | None:
    """Draw a list of other image sets and return the name, a key and images, uint8 (N, C, H, W), of the chosen one.

    Return None, after a message, if the set cannot be read or its images have another shape.
    """
    labels = data_set.labels()
    names = [name for name in labels if name != trained.dataset.name and (name in BUILT_IN or data_set.is_here(name))]
    words = {
        name: labels[name] + ("" if data_set.is_here(name) else " (is downloaded from the network once)")
        for name in names
    }
    words |= {name: f"{shelf.title(trained.dataset.name)} {name}" for name in STAND_INS}
    _, height, width = trained.dataset.image_shape
    name = st.selectbox(
        "Images to compare with",
        [*(stand_in for stand_in in STAND_INS if stand_in != TURNED or height == width), *names],
        format_func=words.__getitem__,
        key="unusual_other",
        bind="query-params",
        width=360,
    )
    if name in STAND_INS:
        return words[name], name, STAND_INS[name](trained.dataset.test_images[:MOST_IMAGES])
    if not data_set.is_here(name) and not st.button(
        f"Download {shelf.title(name)} from the network", key="unusual_download", icon=":material/download:"
    ):
        st.info(f"{shelf.title(name)} is not on this machine. The button downloads it once, which needs the network.")
        return None
    try:
        found = server.dataset(name)
    except DatasetError as error:
        st.error(str(error))
        return None
    if found.image_shape != trained.dataset.image_shape:
        st.warning(
            f"{plain(shelf.title(name))} has {shape_text(found.image_shape)}, but these models read "
            f"{shape_text(trained.dataset.image_shape)}. Choose a set of images of that size."
        )
        return None
    return labels[name], found.fingerprint, found.test_images


@drawn(show_spinner="Scoring the other images…")
def compare(pair: Pair, score: str, name: str, key: str, _images: Tensor) -> None:
    """Draw the scores that both models give the other images, which the key identifies, beside those of test images."""
    picture_rows.show(
        image_rows({"": _images[:FIRST].numpy()}, {}, side=SIDE), "unusual_others", f"The first images: {name}"
    )
    panels, found = {}, {}
    own_name = f"{shelf.title(pair.vae.dataset.name)} test images"
    for word, trained in pair.named():
        own = own_scores(trained, score)
        other = other_scores(trained, score, key, _images)
        panels[f"{word}: {trained.name}"] = {own_name: own, name: other}
        found[f"{word}: {trained.name}"] = detection(own, other)
    axes = {title: axis(trained, score) for title, trained in zip(panels, pair, strict=True)}
    charts.show(histograms(panels, axes), "unusual_histograms", "How often each score occurs in both sets", tools=True)
    left, right = st.columns([3, 2])
    with left:
        charts.show(roc_curves(found), "unusual_roc", "ROC curves of both models", tools=True)
    with right:
        for title, one in found.items():
            st.metric(f"AUROC, {title}", f"{one.auroc:.3f}", border=True)
        st.caption(
            explained(
                "The AUROC is the chance that the model gives a random image of the other set a higher score than a "
                "random test image. 1 means that it tells all of them apart, 0.5 that it guesses, and less that the "
                f"other images look less unusual to it than its own. {len(own):,} test images are compared with "
                f"{len(other):,} others."
            )
        )
