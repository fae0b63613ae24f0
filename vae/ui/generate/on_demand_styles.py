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
from vae.ui.shared import charts, words
from vae.ui.shared.models import Trained, drawn

SOURCES = ("N(0, I)", "test images", "your drawing", "a file")
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
    """Draw the choice of where z comes from, and every class decoded in each of these styles."""
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    with bar:
        source = st.segmented_control(
            "Style z from",
            SOURCES,
            default=SOURCES[0],
            required=True,
            key="demand_source",
            bind="query-params",
        )
        count = st.number_input("Styles", 1, MOST_STYLES, 6, key="demand_styles", bind="query-params", width=140)
    pictured = source in OWN_IMAGES
    side, main = st.columns([2, 5], gap="large") if pictured else (bar, st.container())
    with side:
        found = styles(trained, source, count)
    if found is None:
        return
    with main:
        _rows(trained, found.latents, found.names, found.images, pictured=pictured)
    kept = (
        "its slant, stroke and width from digit to digit"
        if words.thing(trained.dataset) == "digit"
        else "its style from class to class"
    )
    st.markdown(
        f"**What to look for.** A row keeps {kept}: that is what z is left to say once the decoder is told the class."
    )


@drawn(show_spinner="Decoding every class…")
def _rows(
    trained: Trained, latents: np.ndarray, names: list[str], images: list[np.ndarray] | None, *, pictured: bool
) -> None:
    assert isinstance(trained.model, ClassifierVAE)
    decoded = decode_every_class(trained.model, latents)
    judged = on_demand.read(trained, decoded)
    size = BESIDE if pictured else SIDE
    rows = class_rows(list(decoded), names, trained.dataset.class_names, judged, images, side=size)
    charts.show(rows, "demand_rows", "Every class asked for in every style")
    reading = "There is no judge of these images." if judged is None else f"Here {on_demand.right(judged)}."
    of_image = (
        " The first is the mean μ of the posterior q(z|x) of your image, the others are draws from it."
        if pictured
        else ""
    )
    st.caption(f"Each column is one class asked for, each row one z, the style.{of_image} {reading}")


def styles(trained: Trained, source: str, count: int) -> Styles | None:
    """Draw the controls of a source and return the z of the rows; None, after a message, if it has no image yet."""
    if source == "N(0, I)":
        seed = st.number_input("Seed of z", 0, 9999, 0, key="demand_seed", bind="query-params", width=180)
        return Styles(prior_latents(count, trained.latent_dim, seed), [f"z {i}" for i in range(1, count + 1)], None)
    if source == "test images":
        last = max(0, len(trained.codes) - MOST_STYLES)
        first = st.number_input(
            "From test image", 0, last, 0, count, key="demand_image", bind="query-params", width=180
        )
        chosen = slice(first, first + count)
        pictures = list(trained.dataset.test_images[chosen].numpy())
        return Styles(trained.codes[chosen], [f"image {i}" for i in range(first, first + len(pictures))], pictures)
    image = _file(trained) if source == "a file" else _drawing(trained)
    return None if image is None else _posterior(trained, image, count)


def _drawing(trained: Trained) -> Tensor | None:
    canvas.show()
    prepared = canvas.drawn(trained.dataset.image_shape)
    if prepared is None:
        st.info("Draw one character: the style of it becomes every row's z.")
        return None
    return prepared.image


def _file(trained: Trained) -> Tensor | None:
    uploaded = st.file_uploader(
        "A picture of one character on a plain ground", SUFFIXES, key="demand_file", max_upload_size=10
    )
    if uploaded is None:
        st.info("Choose a picture file: the style of it becomes every row's z.")
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
