"""Panels of the page Two images, each computed once for all sessions: both images, their codes, and other pairs."""

import numpy as np
import pandas as pd
import streamlit as st

from vae.data.to_picture import tile
from vae.explore.pairs import PAIRS, distances, overlaps, random_pairs
from vae.figures.pairs import Codes, among_others, side_by_side
from vae.ui.shared import charts, pictures, words
from vae.ui.shared.models import Pair, drawn


@drawn()
def images(pair: Pair, two: list[int]) -> None:
    """Draw both test images, by index, with what each model makes of them."""
    images = pair.vae.dataset.test_images
    columns = st.columns(6)
    for place, index in enumerate(two):
        shown = [(images[index].numpy(), f"test image {index}")]
        for word, trained in pair.named():
            decoded, errors = trained.reconstruct([index])
            shown.append((decoded[0], f"{word}, squared error {errors[0]:.4f}"))
        for number, (image, caption) in enumerate(shown):
            with columns[3 * place + number]:
                pictures.show(tile(image[None], 1, scale=5), caption, f"kind_picture_{3 * place + number}")


@drawn()
def codes(pair: Pair, two: list[int]) -> None:
    """Draw every number of both codes in both models."""
    charts.show(
        side_by_side(
            [
                Codes(f"<b>{word}</b> {t.name}", t.codes[two], None if t.deviations is None else t.deviations[two])
                for word, t in pair.named()
            ],
            [f"test image {index}" for index in two],
        ),
        "kind_codes",
        "Every number of both codes in both models",
    )
    st.caption("The AE's code is a point. The bars are the VAE's posterior: mean ± σ.")


@drawn(show_spinner="Measuring pairs of images…")
def compare(pair: Pair, label: int, chosen: list[int]) -> None:
    """Draw the distance and the overlap of two images of a class beside those of random pairs."""
    labels, two = pair.vae.dataset.test_labels[: len(pair.vae.codes)].numpy(), np.array([chosen])
    same, different = (random_pairs(labels, label, kind) for kind in (True, False))
    rows = {}
    near, far, own = [], [], []
    for model, trained in pair.named():
        near.append(distances(trained.codes, same))
        far.append(distances(trained.codes, different))
        own.append(float(distances(trained.codes, two)[0]))
        rows[f"{model}: distance, in spreads of the codes"] = [own[-1], near[-1].mean(), far[-1].mean()]
        if trained.deviations is not None:
            found = [overlaps(trained.codes, trained.deviations, pairs) for pairs in (two, same, different)]
            rows[f"{model}: overlap of the posteriors, 0 to 1"] = [float(one.mean()) for one in found]
    dataset = pair.vae.dataset
    name, word, kinds = dataset.class_names[label], dataset.word, words.plural(dataset)
    of = f"class {name}" if dataset.labelled else name
    st.subheader("How far apart, and how much they overlap")
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["this pair", f"mean of pairs of {of}", f"{name} and another {word}"]
    )
    st.table(table.map(lambda value: f"{value:.3g}"))
    charts.show(
        among_others([f"<b>{w}</b> {t.name}" for w, t in pair.named()], near, far, own),
        "kind_distances",
        f"Distances of pairs of the same {word} and of different {kinds} in both models",
        tools=True,
    )
    st.caption(
        "Distance of codes, a VAE's posterior means, in units of their spread: the root of the summed variances of all "
        f"{len(labels):,} test codes. Overlap: the Bhattacharyya coefficient ∫ √(q₁ q₂) of the two posteriors, 1 for "
        "the same, 0 for two that no z has in common; an AE's codes are points and overlap nowhere. Means and "
        f"histograms: {PAIRS:,} random pairs, the same for both models, of this {word}, and of this with another."
    )
    st.markdown(
        f"**What to look for.** Are two of one {word} nearer than two of different {kinds}, although neither model was "
        f"told the {kinds}? And do the posteriors overlap? The more dimensions there are, the less two of them do: a "
        "VAE keeps images apart by as much as their reconstruction needs, and no further than the KL allows."
    )
