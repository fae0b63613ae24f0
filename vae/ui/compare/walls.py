"""Walls of samples, rows of reconstructions and the manifold of both models, each computed once for all sessions."""

import numpy as np
import streamlit as st

from vae.data.to_picture import tile
from vae.figures.images import image_rows
from vae.generate.draws import code_grid, prior_grid
from vae.ui.shared import charts, models, picture_rows, pictures, samplers
from vae.ui.shared.models import Pair, Trained, drawn
from vae.ui.shared.terms import explained

IMAGES = 12
HALF = 6  # images that a phone shows beside each other
SIDE = 62  # pixels along the side of an image
WALL = 64
COLUMNS = 16
GRID = 20


@drawn(show_spinner="Decoding the samples")
def samples(pair: Pair, drawn_from: list[str], seed: int) -> None:
    """Draw a row of walls, one for each model and sampler."""
    walls = [(word, trained, source) for word, trained in pair.named() for source in drawn_from]
    for column, (word, trained, source) in zip(st.columns(len(walls)), walls, strict=True):
        with column:
            pictures.show(
                tile(trained.decode(models.draw(trained, source, WALL, seed)), COLUMNS // len(drawn_from)),
                f"{word} {trained.name}: {WALL} samples with z ~ {samplers.SOURCES[source]}",
                f"samples_{trained.name}_{source}",
            )


@drawn(show_spinner="Decoding the images")
def reconstructions(pair: Pair, first: int) -> None:
    """Draw test images from the `first` on over what each model makes of them, with the errors."""
    images = pair.vae.dataset.test_images
    indices = list(range(first, min(first + IMAGES, len(images))))
    for number, (column, half) in enumerate(picture_rows.halves(indices), start=1):
        with column:
            _half(pair, list(half), f"reconstructions_{number}")
    st.caption(explained("The numbers are mean squared errors per pixel."))
    with st.expander("The losses of these images"):
        st.caption(explained(f"{_losses(pair, indices)} The VAE's images are decoded from the posterior mean."))


def _half(pair: Pair, indices: list[int], key: str) -> None:
    dataset = pair.vae.dataset
    rows = {"Original": dataset.test_images[indices].numpy()}
    captions = {"Original": [dataset.class_names[label] for label in dataset.test_labels[indices]]}
    for word, trained in pair.named():
        decoded, errors = trained.reconstruct(indices)
        rows[word] = decoded
        captions[word] = [f"{error:.3f}" for error in errors]
    with st.container(key=key):
        charts.show(
            image_rows(rows, captions, columns=HALF, side=SIDE),
            f"{key}_chart",
            "Test images, and below them the reconstructions of both models",
        )


def _losses(pair: Pair, indices: list[int]) -> str:
    """Return a sentence with each model's reconstruction loss and KL on these images, in nats per image."""
    parts = []
    for trained in pair:
        terms = trained.losses(indices)
        text = f"{trained.name} has a reconstruction loss of {terms['reconstruction'].mean():.1f} nats"
        if "kl" in terms:
            text += f" and a KL of {terms['kl'].sum(1).mean():.1f} nats"
        parts.append(text)
    return f"Per image over these {len(indices)} images, with one draw of z each, " + ", and ".join(parts) + "."


@drawn(show_spinner="Decoding the grid")
def manifolds(pair: Pair, where: str) -> None:
    """Draw a grid of decodes over each model's latent plane, of the prior or of its own codes."""
    for column, (word, trained) in zip(st.columns(2), pair.named(), strict=True):
        with column:
            grid = prior_grid(GRID) if where == "prior" else code_grid(trained.codes, GRID)
            pictures.show(
                tile(trained.decode(grid), GRID, scale=2, gap=0), _range(trained, grid, word), f"manifold_{word}"
            )


def _range(trained: Trained, grid: np.ndarray, word: str) -> str:
    (left, bottom), (right, top) = grid.min(0), grid.max(0)
    ends = f"z1 from {left:.1f} to {right:.1f}, z2 from {bottom:.1f} to {top:.1f}".replace("-", "−")
    return f"{word} {trained.name}: {ends}"
