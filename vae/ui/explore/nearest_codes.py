"""One image among the test images: a star on both latent maps, and the test images with the nearest codes."""

import collections
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vae.explore.one_image import Encoded, nearest_codes
from vae.explore.projection import Projection, ProjectionSettings, place
from vae.figures.images import image_rows
from vae.figures.maps import Mark, latent_maps, mark
from vae.ui.compare import maps
from vae.ui.compare.maps import View
from vae.ui.shared import charts
from vae.ui.shared.models import WORDS, Pair, Trained, kept

POINTS = 2_000
NEAREST_CODES = 20
PICTURED = 10


def show(pair: Pair, found: Sequence[Encoded]) -> None:
    """Draw both maps with the image on them, and the test images whose codes are nearest to its own, with classes."""
    st.subheader("Where it lies")
    view = View("test", min(POINTS, len(pair.vae.codes)), ProjectionSettings("direct" if pair.flat else "pca"))
    projections = maps.projections(pair, view)
    assert projections is not None
    near = [nearest_codes(one.code, t.codes, NEAREST_CODES) for one, t in zip(found, pair, strict=True)]
    marks = []
    for trained, one, nearest, projection in zip(pair, found, near, projections, strict=True):
        settings = ProjectionSettings("direct" if trained.flat else "pca")
        seen = np.concatenate([one.code[None], trained.codes[nearest]])
        places = place(seen, trained.codes[: view.count], projection, settings)
        marks.append(Mark(places[0], places[1:]))
    charts.show(
        mark(go.Figure(_maps(pair, view, projections)), marks, "your image"),
        "draw_maps",
        "Your image's place among the test images' codes in both latent maps. " + _counts(pair, near),
        tools=True,
    )
    flat = "" if pair.flat else " Above two dimensions the map is a projection, on which neighbours may lie apart."
    st.caption(
        f"Star: your image. Rings: the {NEAREST_CODES} nearest of {len(pair.vae.codes):,} test images' codes, nearest "
        f"in the latent space itself. Dots: the first {view.count:,} test images.{flat}"
    )
    st.markdown(f"**Of the {NEAREST_CODES} nearest codes:** " + _counts(pair, near) + f" The first {PICTURED} of them:")
    images, labels, names = pair.vae.dataset.test_images, pair.vae.dataset.test_labels, pair.vae.dataset.class_names
    charts.show(
        image_rows(
            {word: images[nearest[:PICTURED]].numpy() for word, nearest in zip(WORDS, near, strict=True)},
            {
                word: [names[label] for label in labels[nearest[:PICTURED]]]
                for word, nearest in zip(WORDS, near, strict=True)
            },
        ),
        "draw_nearest",
        _counts(pair, near),
    )


@kept(max_entries=8)
def _maps(pair: Pair, view: View, _projections: Sequence[Projection]) -> go.Figure:
    """Draw both maps without the image, once: the image is drawn into a copy of them several times a second."""
    panels = [maps.panel(t, p, view, word) for (word, t), p in zip(pair.named(), _projections, strict=True)]
    return latent_maps(panels, pair.vae.dataset.class_names, prior=pair.flat)


def _counts(pair: Pair, near: list[np.ndarray]) -> str:
    return " ".join(f"{word}: {_classes(t, nearest)}." for (word, t), nearest in zip(pair.named(), near, strict=True))


def _classes(trained: Trained, nearest: np.ndarray) -> str:
    counted = collections.Counter(trained.dataset.test_labels[nearest].tolist()).most_common()
    return ", ".join(f"{count} × {trained.dataset.class_names[label]}" for label, count in counted)
