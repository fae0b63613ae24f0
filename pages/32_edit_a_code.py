"""Edit a code: one image as the few numbers of its code, each of which can be moved or set to its mean."""

from math import prod

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from vae.ui.components.drawing import canvas
from vae.ui.explore import code_sliders
from vae.ui.frame import data_set, page, pages, sidebar
from vae.ui.frame.sidebar import Chosen
from vae.ui.shared import figure_first, words
from vae.ui.shared.models import Pair

SIZE = 5
IMAGES = ["test image", "your drawing"]


def show(pair: Pair, row: DeltaGenerator) -> None:
    """Draw the choice of an image into the row of controls, and below it each model's sliders, pictures and costs."""
    with row:
        image, about = _image(pair)
    if image is None:
        st.info("Nothing is drawn yet. Draw something on the page **Draw** and come back, or choose a test image.")
        pages.DRAW.link()
        return
    _compression(pair)
    st.fragment(code_sliders.show)(pair, image, about)
    figure_first.more(
        "Move a VAE's number within its coloured band, μ ± σ: the picture hardly changes, because the decoder was "
        "trained on draws from that band. Set numbers to 0 one by one: where a number costs much KL, the image loses "
        "something without it, and a number of next to no KL changes nothing.",
        "Wherever the sliders stand, −ELBO is a bound on the same −log p(x). Can you find a place with a lower −ELBO "
        "than that of the encoder's code? The AE pays for nothing, so its numbers have neither a band nor a scale.",
    )


def _models(first: DeltaGenerator) -> Chosen:
    """Return the models to show: the shipped ones of latent size 5, if they exist and are chosen, or the sidebar's.

    Args:
        first: the place above all controls, where it is said that these are not the sidebar's models.
    """
    compared = sidebar.chosen()
    sizes = {c.config.latent_dim for c in (compared.ae, compared.vae) if c is not None}
    if sizes == {SIZE}:
        return compared
    found = {c.name: c for c in data_set.runs() if c.config.latent_dim == SIZE}
    own = Chosen(found.get(f"ae-{SIZE}d"), found.get(f"vae-{SIZE}d"))
    if own.ae is None or own.vae is None:
        st.caption(
            f":material/info: There are no models ae-{SIZE}d and vae-{SIZE}d of these images, so the page shows the "
            "sidebar's."
        )
        return compared
    options = [f"{own.ae.name} and {own.vae.name}", "the sidebar's models"]
    chosen = st.segmented_control(
        "Models to show", options, default=options[0], required=True, key="five_models", bind="query-params"
    )
    if chosen != options[0]:
        return compared
    first.caption(
        f":material/info: These are **{options[0]}** and not the sidebar's models: {SIZE} numbers say enough about an "
        "image, and they are few enough to be moved one by one."
    )
    return own


def _image(pair: Pair) -> tuple[Tensor | None, str]:
    """Return the chosen image, uint8 (1, C, H, W), or None where nothing is drawn, and a description of it."""
    dataset = pair.vae.dataset
    images = IMAGES if dataset.image_shape[0] == 1 else IMAGES[:1]  # a drawing is grey
    source = st.segmented_control(
        "Image", images, default=IMAGES[0], required=True, key="five_image", bind="query-params"
    )
    if source == IMAGES[1]:
        prepared = canvas.drawn(dataset.image_shape)
        return (None if prepared is None else prepared.image), "your drawing"
    last = len(dataset.test_images) - 1
    index = st.number_input("Number of the test image", 0, last, 0, key="five_index", bind="query-params", width=200)
    name = dataset.class_names[dataset.test_labels[index]]
    return dataset.test_images[index : index + 1], f"test image {index}, {words.of_class(dataset, name)}"


def _compression(pair: Pair) -> None:
    """Draw a heading that says from how many pixels to how many numbers the models compress."""
    channels, height, width = shape = pair.vae.dataset.image_shape
    values = prod(shape)
    sizes = list(dict.fromkeys(trained.latent_dim for trained in pair))
    pixels = "pixels" if channels == 1 else f"values of {height * width:,} pixels"
    ratios = " and ".join(f"{values / size:.0f} to 1" for size in sizes)
    st.subheader(
        f"{values:,} {pixels} → {' or '.join(map(str, sizes))} number{'' if sizes == [1] else 's'}",
        help=f"The compression is {ratios}, counted in numbers. How many bits a code holds is another question: in "
        "a VAE the KL answers it, in nats (1 nat is 1.44 bits).",
    )


page.begin(
    pages.EDIT_A_CODE,
    "All that passes from the encoder to the decoder is a few numbers. Move one: the image follows.",
    "Set one to 0, or in the AE to its mean, and see what the image loses. A VAE pays KL for that number.",
)
first_line = st.container()
controls = st.container(horizontal=True, vertical_alignment="bottom")  # they decide of what the sliders are
with controls:
    models = _models(first_line)
show(page.pair(models), controls)
