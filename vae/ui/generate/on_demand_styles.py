"""Every class in many styles: where the z of the rows come from, their decodes, and what the judge reads in them."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor

from vae.data.from_picture import prepare_file
from vae.data.picture_file import SUFFIXES, PictureError
from vae.figures.on_demand import class_rows
from vae.generate.draws import prior_latents
from vae.generate.on_demand import decode_every_class
from vae.models.autoencoders import ClassifierVAE
from vae.models.codes import encode_posteriors
from vae.ui.components.drawing import canvas
from vae.ui.generate import on_demand
from vae.ui.shared import picture_rows
from vae.ui.shared.models import Trained, drawn
from vae.ui.shared.terms import explained

SOURCES = ("the prior", "test images", "your drawing", "a file")
OWN_IMAGES = SOURCES[2:]
MOST_STYLES = 12
SIDE, BESIDE = 64, 46  # pixels of an image, alone and beside the canvas


@dataclass(frozen=True, eq=False)
class Styles:
    """The z of the rows, one for each style, and where they come from."""

    latents: np.ndarray  # (N, latent_dim)
    names: list[str]
    images: list[np.ndarray] | None  # uint8 (C, H, W) of every row; None for z of the prior


def show(trained: Trained) -> None:
    """Draw every class decoded in each style, and below it the choice of where z comes from."""
    figure = st.container()
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    with bar:
        source = st.segmented_control(
            "Take z from",
            SOURCES,
            default=SOURCES[0],
            required=True,
            key="demand_source",
            bind="query-params",
            help="z says the style: it is drawn from the prior, or it is the code of an image.",
        )
        count = st.number_input(
            "Number of styles", 1, MOST_STYLES, 6, key="demand_styles", bind="query-params", width=160
        )
    pictured = source in OWN_IMAGES
    # An image of one's own is drawn or chosen beside the figure.
    beside, main = figure.columns([2, 5], gap="large") if pictured else (bar, figure)
    with beside:
        found = styles(trained, source, count)
    if found is not None:
        with main:
            _rows(trained, found.latents, found.names, found.images, pictured=pictured)


@drawn(show_spinner="Decoding every class…")
def _rows(
    trained: Trained, latents: np.ndarray, names: list[str], images: list[np.ndarray] | None, *, pictured: bool
) -> None:
    assert isinstance(trained.model, ClassifierVAE)
    decoded = decode_every_class(trained.model, latents)
    judged = on_demand.read(trained, decoded)
    size = BESIDE if pictured else SIDE
    rows = class_rows(list(decoded), names, trained.dataset.class_names, judged, images, side=size)
    picture_rows.show(rows, "demand_rows", "Every class asked for in every style")
    reading = "No judge reads these images." if judged is None else f"In this figure {on_demand.right(judged)}."
    of_image = "The first z is the mean μ of your image's posterior, and the others are drawn from it. "
    st.caption(explained(f"{of_image if pictured else ''}{reading}"))


def styles(trained: Trained, source: str, count: int) -> Styles | None:
    """Draw the controls of a source and return the z of the rows; None, after a message, if it has no image yet."""
    if source == SOURCES[0]:
        seed = st.number_input("Seed of the random z", 0, 9999, 0, key="demand_seed", bind="query-params", width=180)
        return Styles(prior_latents(count, trained.latent_dim, seed), [f"z {i}" for i in range(1, count + 1)], None)
    if source == SOURCES[1]:
        last = max(0, len(trained.codes) - MOST_STYLES)
        first = st.number_input(
            "First test image", 0, last, 0, count, key="demand_image", bind="query-params", width=180
        )
        chosen = slice(first, first + count)
        pictures = list(trained.dataset.test_images[chosen].numpy())
        return Styles(trained.codes[chosen], [f"image {i}" for i in range(first, first + len(pictures))], pictures)
    image = _file(trained) if source == SOURCES[3] else _drawing(trained)
    return None if image is None else _posterior(trained, image, count)


def _drawing(trained: Trained) -> Tensor | None:
    canvas.show()
    prepared = canvas.drawn(trained.dataset.image_shape)
    if prepared is None:
        st.info("Draw one character. Its style becomes the style of every class.")
        return None
    return prepared.image


def _file(trained: Trained) -> Tensor | None:
    uploaded = st.file_uploader(
        "Picture of one character on a plain ground", SUFFIXES, key="demand_file", max_upload_size=10
    )
    if uploaded is None:
        st.info("Choose a picture file. Its style becomes the style of every class.")
        return None
    try:
        return prepare_file(uploaded.getvalue(), trained.dataset.image_shape).image
    except PictureError as error:
        st.error(str(error))
        return None


def _posterior(trained: Trained, image: Tensor, count: int) -> Styles:
    """Return the mean of an image's posterior as the first style, then draws from the posterior."""
    mean, deviation = encode_posteriors(trained.model, image)
    assert deviation is not None
    noise = prior_latents(count, trained.latent_dim)
    noise[0] = 0
    names = ["μ", *(f"draw {i}" for i in range(1, count))]
    return Styles(mean + deviation * noise, names, [image[0].numpy()] * count)
