"""Samples and reconstructions: one set of z through both decoders, test images through both models, the manifold."""

import numpy as np
import streamlit as st

from vae.ui.compare import realistic, sample_numbers, two_sizes, walls
from vae.ui.frame import page, pages
from vae.ui.shared import samplers, words
from vae.ui.shared.models import Pair

ALL_FOUR = "prior beside mixture"


def show(pair: Pair) -> None:
    """Draw samples, reconstructions, and the manifolds where both latent spaces have two dimensions."""
    _samples(pair)
    _reconstructions(pair)
    if pair.latent_dim == 2:
        _manifolds(pair)


def _reconstructions(pair: Pair) -> None:
    st.subheader("Reconstructions")
    images = pair.vae.dataset.test_images
    first = st.number_input(
        "From test image",
        0,
        max(0, len(images) - walls.IMAGES),
        0,
        walls.IMAGES,
        key="first_image",
        bind="query-params",
        width=180,
    )
    walls.reconstructions(pair, first)


def _samples(pair: Pair) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pairs = two_sizes.choose(pair)
        sampler = samplers.choose("sampler", more=[ALL_FOUR])
        seed = st.number_input("Seed of z", 0, 9999, 0, key="sample_seed", bind="query-params", width=180)
    drawn_from = ["prior", "mixture"] if sampler == ALL_FOUR else [sampler]
    if "prior" in drawn_from:
        samplers.note_unequal_sizes(pair)
    # The pictures come first, on the page as in time: judging so many samples takes longer than all the rest.
    for each in pairs:
        if len(pairs) > 1:
            st.markdown(f"**{two_sizes.name(each)}**")
        walls.samples(each, drawn_from, seed)
    realistic.show(pairs, drawn_from, seed)
    if sampler == "prior":
        _what_to_look_for(pair)
    else:
        st.markdown(
            "**What to look for.** A density fitted to the codes after training makes a generative model of the AE as "
            "well (Ghosh et al. 2020). What the VAE has over it is that its prior is known before training, and the "
            "ELBO, which says how probable an image is."
        )
    sample_numbers.show(pair)
    sample_numbers.show_codes(pair)


def _what_to_look_for(pair: Pair) -> None:
    mean, spread = np.abs(pair.ae.codes.mean(0)).max(), pair.ae.codes.std(0).mean()
    st.markdown(
        "**What to look for.** Nothing drew the AE's codes towards N(0, I): they lie around a mean up to "
        f"{mean:.1f} from 0 with a standard deviation of {spread:.1f} a dimension, in a shape of their own. A random z "
        "falls beside them, or on a small part of them, where the decoder makes no "
        f"{words.thing(pair.vae.dataset)}, or the same few. The KL drew the VAE's codes to where z comes from."
    )


def _manifolds(pair: Pair) -> None:
    st.subheader(f"The manifold: {walls.GRID} × {walls.GRID} decodes over the latent plane")
    where = st.segmented_control(
        "Grid over",
        ["prior", "codes"],
        default="prior",
        required=True,
        help="Prior: the same z in both models, lines at equal steps of the prior's probability from 1 % to 99 %. "
        "Codes: equal steps between the 1st and the 99th percentile of each model's own codes in each direction.",
        key="grid",
        bind="query-params",
    )
    walls.manifolds(pair, where)


page.begin(
    pages.SAMPLES,
    "Both models copy images well. Only the VAE was trained so that a random z is an image too: the more dimensions, "
    "the clearer it is.",
)
show(page.pair())
