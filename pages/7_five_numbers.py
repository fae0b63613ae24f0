"""Five numbers: one image as the few numbers of its code, each of which can be moved or taken away."""

from math import prod

import streamlit as st
from torch import Tensor

from vae.checkpoints import CheckpointError
from vae.data import DatasetError
from vae.ui import code_sliders, drawing_canvas, page, resources
from vae.ui.latent_map import WORDS
from vae.ui.page import Pair

SIZE = 5
IMAGES = ["test image", "your drawing"]


def show(pair: Pair) -> None:
    """The image, then each model's numbers, picture and ledger."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pair = _models(pair)
        image, about = _image(pair)
    if image is None:
        st.info(
            "Nothing is drawn yet. Draw something on the page **Draw**, and come back, or choose a test image.",
        )
        st.page_link("pages/8_draw.py", label="Draw", icon=":material/draw:")
        return
    shape = pair.vae.dataset.image_shape
    values = prod(shape)
    sizes = " and ".join(f"{values / size:.0f} to 1 ({size})" for size in dict.fromkeys(t.latent_dim for t in pair))
    pixels = "pixels" if shape[0] == 1 else f"values of {shape[1] * shape[2]:,} pixels"
    numbers = " or ".join(dict.fromkeys(str(trained.latent_dim) for trained in pair))
    st.subheader(f"{values:,} {pixels} → {numbers} number{'' if numbers == '1' else 's'}")
    st.caption(
        f"A compression of {sizes}, counted in numbers: it says nothing about how many bits each needs. For that there "
        "is the VAE's KL, in nats (1 nat is 1.44 bits)."
    )
    for column, trained, word in zip(st.columns(2, gap="large"), pair, WORDS, strict=True):
        with column:
            st.fragment(code_sliders.show)(trained, word, image, about)
    st.markdown(
        "**What to look for.** Move a VAE's number within its band, the posterior's σ: the picture stays nearly the "
        "same, for that is all the precision that the decoder was given. Then set numbers to 0 one by one: where a "
        "number costs much KL, look at what the image loses without it. The AE pays for no precision, so there is no "
        "band, and its numbers have no scale."
    )


def _models(pair: Pair) -> Pair:
    """The shipped models of five numbers, where they are there, or the sidebar's."""
    if pair.latent_dim == SIZE:
        return pair
    found = {c.name: c for c in resources.checkpoints()[0] if c.config.latent_dim == SIZE}
    names = [f"ae-{SIZE}d", f"vae-{SIZE}d"]
    if not all(name in found and found[name].config.dataset == pair.vae.dataset.name for name in names):
        st.caption(
            f":material/info: There are no models {' and '.join(names)} of this data set here, so these are the "
            "sidebar's."
        )
        return pair
    options = [f"{SIZE} numbers", "the sidebar's models"]
    chosen = st.segmented_control(
        "Models", options, default=options[0], required=True, key="five_models", bind="query-params"
    )
    if chosen != options[0]:
        return pair
    try:
        return Pair(*(resources.trained(found[name]) for name in names))
    except (CheckpointError, DatasetError, OSError) as error:
        st.error(str(error))
        return pair


def _image(pair: Pair) -> tuple[Tensor | None, str]:
    """The image, uint8 (1, C, H, W) or None, and what it is."""
    dataset = pair.vae.dataset
    source = st.segmented_control(
        "Image", IMAGES, default=IMAGES[0], required=True, key="five_image", bind="query-params"
    )
    if source == IMAGES[1]:
        prepared = drawing_canvas.drawn(dataset.image_shape)
        return (None if prepared is None else prepared.image), "your drawing"
    last = len(dataset.test_images) - 1
    index = st.number_input("Test image", 0, last, 0, key="five_index", bind="query-params", width=160)
    name = dataset.class_names[dataset.test_labels[index]]
    return dataset.test_images[index : index + 1], f"test image {index}: {name}"


page.begin(
    "Five numbers",
    "All that passes from encoder to decoder is a few numbers. Move each, or take it away, and see what it said.",
)
show(page.pair())
