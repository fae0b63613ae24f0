"""The reader's own digit through both models, the three questions that the tour ends with, and the way onwards."""

import plotly.graph_objects as go
import streamlit as st

from vae.data.to_picture import tile
from vae.explore.one_image import encode, nearest_codes
from vae.explore.projection import ProjectionSettings
from vae.figures.maps import Mark, latent_maps, mark
from vae.ui.compare import maps
from vae.ui.compare.maps import View
from vae.ui.components.drawing import canvas
from vae.ui.shared import charts, presenting
from vae.ui.shared.models import Pair, kept
from vae.ui.tour import onwards, questions, shipped

VIEW = View("test", 2_000, ProjectionSettings("direct"))
NEAREST = 10


def show() -> None:
    """Draw the canvas, what both models make of the drawing, the questions, and where to go next."""
    pair = shipped.pair(2)
    st.fragment(_draw)(pair)
    if presenting.active():
        with st.container(key="tour_end", horizontal=True):
            questions.show()
            onwards.show()
        return
    left, right = st.columns(2, gap="large")
    with left:
        questions.show()
    with right:
        onwards.show()


def _draw(pair: Pair) -> None:
    left, right = st.columns([1, 3], gap="medium")
    with left:
        canvas.show()
        prepared = canvas.drawn(pair.vae.dataset.image_shape)
    with right:
        if prepared is None:
            st.info("Draw a digit with mouse, pen or finger. Its reconstructions and its places appear here.")
            charts.show(_maps(pair), "tour_digit_maps", "Both latent maps, without a drawing", fill="tall")
            return
        found = [encode(trained.model, prepared.image) for trained in pair]
        near = [nearest_codes(one.code, t.codes, NEAREST) for one, t in zip(found, pair, strict=True)]
        marks = [Mark(one.code, t.codes[rows]) for one, t, rows in zip(found, pair, near, strict=True)]
        images = [prepared.image[0].numpy(), *(one.reconstruction for one in found)]
        words = ["Your digit", *(f"By the {word}" for word, _ in pair.named())]
        charts_column, pictures_column = st.columns([5, 1], gap="medium", vertical_alignment="center")
        with pictures_column:
            for image, said in zip(images, words, strict=True):
                st.image(tile(image[None], 1, scale=6), caption=said, width="stretch", alt=said)
        with charts_column:
            figure = mark(go.Figure(_maps(pair)), marks, "your digit")
            charts.show(figure, "tour_digit_maps", "The places of your digit's codes on both latent maps", fill="tall")


@kept(max_entries=4)
def _maps(pair: Pair) -> go.Figure:
    found = maps.projections(pair, VIEW)
    assert found is not None  # no t-SNE is asked for
    panels = [maps.panel(t, p, VIEW, word) for (word, t), p in zip(pair.named(), found, strict=True)]
    return latent_maps(panels, pair.vae.dataset.class_names, prior=True)
