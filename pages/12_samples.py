"""Samples and reconstructions: one set of z through both decoders, test images through both models, the manifold."""

import numpy as np
import streamlit as st

from vae.ui.compare import realistic, sample_numbers, two_sizes, walls
from vae.ui.frame import page, pages
from vae.ui.shared import samplers, words
from vae.ui.shared.models import Pair
from vae.ui.shared.terms import explained

BOTH = "both"  # the prior, and a mixture that is fitted to the codes

SEED_HELP = "Another seed draws other z. The same seed always draws the same z, for every model of one latent size."


def show(pair: Pair) -> None:
    """Draw samples, reconstructions, the manifolds where both latent spaces are planes, and more to look for."""
    _samples(pair)
    _reconstructions(pair)
    if pair.latent_dim == 2:
        _manifolds(pair)
    with st.expander("More to look for"):
        _more_to_look_for(pair)


def _reconstructions(pair: Pair) -> None:
    st.subheader("Reconstructions")
    images = pair.vae.dataset.test_images
    first = st.number_input(
        "First test image",
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
        sampler = samplers.choose("sampler", more=[BOTH])
        seed = st.number_input(
            "Seed of z", 0, 9999, 0, key="sample_seed", bind="query-params", width=140, help=SEED_HELP
        )
    drawn_from = ["prior", "mixture"] if sampler == BOTH else [sampler]
    if "prior" in drawn_from:
        samplers.note_unequal_sizes(pair)
    # The pictures come first, on the page as in time: judging so many samples takes longer than all the rest.
    for each in pairs:
        if len(pairs) > 1:
            st.markdown(f"**{two_sizes.name(each)}**")
        walls.samples(each, drawn_from, seed)
    realistic.show(pairs, drawn_from, seed)
    sample_numbers.show(pair)
    sample_numbers.show_codes(pair)


def _more_to_look_for(pair: Pair) -> None:
    mean, spread = np.abs(pair.ae.codes.mean(0)).max(), pair.ae.codes.std(0).mean()
    lines = [
        f"**Where the AE's codes lie.** Nothing drew them towards N(0, I): their mean is up to {mean:.1f} away from "
        f"0, and their standard deviation is {spread:.1f} in each dimension. A random z falls beside them or on a "
        f"small part of them, so its image is no {words.thing(pair.vae.dataset)}, or one of the same few. The KL drew "
        "the VAE's codes to the place where z are drawn.",
        "**A mixture instead of the prior.** A density that is fitted to the codes after training lets an AE be "
        "sampled, too (Ghosh et al. 2020). The prior of a VAE is known before training, and −ELBO bounds how "
        "improbable an image is.",
    ]
    st.markdown(explained("\n".join(f"- {line}" for line in lines)))


def _manifolds(pair: Pair) -> None:
    st.subheader("The decoded latent plane")
    where = st.segmented_control(
        f"Lay {walls.GRID} × {walls.GRID} places over",
        ["prior", "codes"],
        default="prior",
        required=True,
        help="**prior**: the same z for both models, at equal steps of the prior's probability from 1 % to 99 %.\n\n"
        "**codes**: equal steps between the 1st and the 99th percentile of each model's own codes in each direction.",
        key="grid",
        bind="query-params",
    )
    walls.manifolds(pair, where)


page.begin(
    pages.SAMPLES,
    "Both models copy images, but only the VAE was trained to make one of a random z.",
    "The difference grows with the latent size.",
)
show(page.pair())
