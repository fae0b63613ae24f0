"""One image among the test images: a star on both latent maps, and the test images with the nearest codes."""

import collections
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vae.explore.one_image import Encoded, nearest_codes
from vae.explore.projection import Projection, ProjectionSettings, place
from vae.figures.images import image_rows
from vae.figures.maps import Mark, latent_maps, mark
from vae.ui.compare import maps as projected
from vae.ui.compare.maps import View
from vae.ui.shared import charts, picture_rows
from vae.ui.shared.models import WORDS, Pair, Trained, kept
from vae.ui.shared.terms import explained

POINTS = 1_000
NEAREST_CODES = 20
PICTURED = 10
HEIGHT = 400  # pixels of the maps


def nearest(pair: Pair, found: Sequence[Encoded]) -> list[np.ndarray]:
    """Find the test images whose codes are nearest to the image's in each model: indices int64 (≤ 20,), nearest "
    "first."""
    return [nearest_codes(one.code, t.codes, NEAREST_CODES) for one, t in zip(found, pair, strict=True)]


def maps(pair: Pair, found: Sequence[Encoded], near: Sequence[np.ndarray]) -> None:
    """Draw both maps with the image on them and rings around the nearest codes."""
    view = View("test", min(POINTS, len(pair.vae.codes)), ProjectionSettings("direct" if pair.flat else "pca"))
    projections = projected.projections(pair, view)
    assert projections is not None
    marks = []
    for trained, one, own, projection in zip(pair, found, near, projections, strict=True):
        settings = ProjectionSettings("direct" if trained.flat else "pca")
        seen = np.concatenate([one.code[None], trained.codes[own]])
        places = place(seen, trained.codes[: view.count], projection, settings)
        marks.append(Mark(places[0], places[1:]))
    charts.show(
        mark(go.Figure(_maps(pair, view, projections)), marks, "your image").update_layout(height=HEIGHT),
        "draw_maps",
        "Your image's place among the test images' codes in both latent maps. " + _counts(pair, near),
        tools=True,
    )
    flat = "" if pair.flat else " The map is a projection, on which neighbours may lie apart."
    st.caption(explained(f"The dots are codes of {view.count:,} test images.{flat}"))


def images(pair: Pair, near: Sequence[np.ndarray]) -> None:
    """Draw the test images whose codes are nearest to the image's, with their classes."""
    st.subheader("Which test images have the nearest codes?")
    images, labels, names = pair.vae.dataset.test_images, pair.vae.dataset.test_labels, pair.vae.dataset.class_names
    for number, (column, half) in enumerate(picture_rows.halves(range(PICTURED)), start=1):
        shown = {word: own[list(half)] for word, own in zip(WORDS, near, strict=True)}
        with column:
            picture_rows.show(
                image_rows(
                    {word: images[own].numpy() for word, own in shown.items()},
                    {word: [names[label] for label in labels[own]] for word, own in shown.items()},
                ),
                f"draw_nearest_{number}",
                _counts(pair, near),
            )
    st.caption(
        f"These {PICTURED} codes are the nearest in the latent space itself. Of the {NEAREST_CODES} nearest codes: "
        + _counts(pair, near)
    )


@kept(max_entries=8)
def _maps(pair: Pair, view: View, _projections: Sequence[Projection]) -> go.Figure:
    """Draw both maps without the image, once: the image is drawn into a copy of them several times a second."""
    panels = [
        replace(projected.panel(t, p, view, word), title=f"<b>{word}</b> {t.name}")
        for (word, t), p in zip(pair.named(), _projections, strict=True)
    ]
    return latent_maps(panels, pair.vae.dataset.class_names)


def _counts(pair: Pair, near: Sequence[np.ndarray]) -> str:
    return " ".join(f"{word}: {_classes(t, own)}." for (word, t), own in zip(pair.named(), near, strict=True))


def _classes(trained: Trained, near: np.ndarray) -> str:
    counted = collections.Counter(trained.dataset.test_labels[near].tolist()).most_common()
    return ", ".join(f"{count} × {trained.dataset.class_names[label]}" for label, count in counted)
