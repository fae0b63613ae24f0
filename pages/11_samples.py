"""Samples and reconstructions: one set of z through both decoders, test images through both models, the manifold."""

import numpy as np
import streamlit as st

from vae.data.to_picture import tile
from vae.figures.images import image_rows
from vae.generate.draws import code_grid, prior_grid
from vae.ui.compare import realistic, sample_numbers, two_sizes
from vae.ui.frame import page, pages
from vae.ui.shared import charts, models, samplers
from vae.ui.shared.models import Pair, Trained

IMAGES = 12
WALL = 64
COLUMNS = 16
GRID = 20
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
        "From test image", 0, len(images) - IMAGES, 0, IMAGES, key="first_image", bind="query-params", width=180
    )
    indices = list(range(first, first + IMAGES))
    names = pair.vae.dataset.class_names
    rows = {"Original": images[indices].numpy()}
    captions = {"Original": [names[label] for label in pair.vae.dataset.test_labels[indices]]}
    for word, trained in pair.named():
        decoded, errors = trained.reconstruct(indices)
        rows[word] = decoded
        captions[word] = [f"{error:.4f}" for error in errors]
    charts.show(
        image_rows(rows, captions),
        "reconstructions",
        "Test images, and below them what each model makes of their codes",
    )
    st.caption(
        "Under each original its class, under each reconstruction its mean squared error per pixel value (range 0 to "
        "1). The VAE's is decoded from the posterior's mean. " + _losses(pair, indices)
    )


def _losses(pair: Pair, indices: list[int]) -> str:
    """Return a sentence with each model's reconstruction loss and KL on these images, in nats per image."""
    parts = []
    for trained in pair:
        terms = trained.losses(indices)
        text = f"{trained.name}: reconstruction {terms['reconstruction'].mean():.1f}"
        if "kl" in terms:
            text += f" + KL {terms['kl'].sum(1).mean():.1f}"
        parts.append(text)
    return f"In nats per image over these {IMAGES} images, one draw of z each: " + "; ".join(parts) + "."


def _samples(pair: Pair) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pairs = two_sizes.choose(pair)
        sampler = samplers.choose("sampler", more=[ALL_FOUR])
        seed = st.number_input("Seed of z", 0, 9999, 0, key="sample_seed", bind="query-params", width=180)
    drawn_from = ["prior", "mixture"] if sampler == ALL_FOUR else [sampler]
    if "prior" in drawn_from:
        samplers.note_unequal_sizes(pair)
    realistic.show(pairs, drawn_from, seed)
    for each in pairs:
        if len(pairs) > 1:
            st.markdown(f"**{two_sizes.name(each)}**")
        _walls(each, drawn_from, seed)
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


def _walls(pair: Pair, drawn_from: list[str], seed: int) -> None:
    """Draw a row of walls, one for each model and sampler."""
    walls = [(word, trained, source) for word, trained in pair.named() for source in drawn_from]
    for column, (word, trained, source) in zip(st.columns(len(walls)), walls, strict=True):
        column.image(
            tile(trained.decode(models.draw(trained, source, WALL, seed)), COLUMNS // len(drawn_from)),
            caption=f"{word}: {trained.name}, {WALL} decodes of z ~ {samplers.SOURCES[source]}",
            width="stretch",
        )


def _what_to_look_for(pair: Pair) -> None:
    mean, spread = np.abs(pair.ae.codes.mean(0)).max(), pair.ae.codes.std(0).mean()
    st.markdown(
        "**What to look for.** Nothing drew the AE's codes towards N(0, I): they lie around a mean up to "
        f"{mean:.1f} from 0 with a standard deviation of {spread:.1f} a dimension, in a shape of their own. A random z "
        "falls beside them, or on a small part of them, where the decoder makes no digit, or the same few. The KL drew "
        "the VAE's codes to where z comes from."
    )


def _manifolds(pair: Pair) -> None:
    st.subheader(f"The manifold: {GRID} × {GRID} decodes over the latent plane")
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
    for column, (word, trained) in zip(st.columns(2), pair.named(), strict=True):
        with column:
            grid = prior_grid(GRID) if where == "prior" else code_grid(trained.codes, GRID)
            st.image(
                tile(trained.decode(grid), GRID, scale=2, gap=0),
                caption=_range(trained, grid, word),
                width="stretch",
            )


def _range(trained: Trained, grid: np.ndarray, word: str) -> str:
    (left, bottom), (right, top) = grid.min(0), grid.max(0)
    return f"{word}: {trained.name}, z1 {left:.1f} to {right:.1f} →, z2 {bottom:.1f} to {top:.1f} ↑"


page.begin(
    pages.SAMPLES,
    "Both models copy images well. Only the VAE was trained so that a random z is an image too: the more dimensions, "
    "the clearer it is.",
)
show(page.pair())
