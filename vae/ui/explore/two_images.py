"""Panels of the page Two images, each computed once for all sessions: both images, their codes, and other pairs."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from vae.explore.pairs import PAIRS, distances, overlaps, random_pairs
from vae.figures.images import image_rows
from vae.figures.pairs import Codes, among_others, side_by_side
from vae.ui.shared import charts, picture_rows, words
from vae.ui.shared.models import WORDS, Pair, drawn
from vae.ui.shared.terms import explained

SIDE = 104  # pixels of an image
LEAST = 1e-4  # of an overlap; less is none


@drawn()
def codes(pair: Pair, two: list[int]) -> None:
    """Draw both test images, by index, with what each model makes of them, beside every number of their codes."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        picture_rows.show(_pictures(pair, two), "kind_pictures", "Both test images with their reconstructions")
        st.caption(explained("The numbers are squared errors per pixel."))
    with right:
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


def _pictures(pair: Pair, two: list[int]) -> go.Figure:
    rows, captions = {}, {}
    made = [trained.reconstruct(two) for trained in pair]
    for place, index in enumerate(two):
        name = f"{('First', 'Second')[place]}<br>image"
        shown = [pair.vae.dataset.test_images[index].numpy(), *(decoded[place] for decoded, _ in made)]
        rows[name] = np.stack(shown)
        errors = [f"{word} · {values[place]:.4f}" for word, (_, values) in zip(WORDS, made, strict=True)]
        captions[name] = [f"test image · {index}", *errors]
    return image_rows(rows, captions, side=SIDE)


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
        rows[f"{model}: distance of the codes, spreads"] = [own[-1], near[-1].mean(), far[-1].mean()]
        if trained.deviations is not None:
            found = [overlaps(trained.codes, trained.deviations, pairs) for pairs in (two, same, different)]
            rows[f"{model}: overlap of the posteriors, 0 to 1"] = [float(one.mean()) for one in found]
    dataset = pair.vae.dataset
    name, word, kinds = dataset.class_names[label], dataset.word, words.plural(dataset)
    of = words.of_class(dataset, name)
    st.subheader("Is this pair nearer than others?")
    charts.show(
        among_others(
            [f"<b>{w}</b> {t.name}" for w, t in pair.named()], near, far, own, (f"same {word}", f"different {kinds}")
        ),
        "kind_distances",
        f"Distances of pairs of the same {word} and of different {kinds} in both models",
        tools=True,
    )
    table = pd.DataFrame.from_dict(
        rows,
        orient="index",
        columns=["your pair", f"mean of pairs of {of}", f"mean of pairs of {name} and another {word}"],
    )
    st.table(table.map(_written))
    st.caption(
        explained(
            f"A distance is counted in spreads: 1 is the root of the summed variances of all {len(labels):,} test "
            "codes. An overlap of 1 means that the two posteriors are the same, and none that they share no z (the "
            f"Bhattacharyya coefficient). The means and the bars are of {PAIRS:,} random pairs each."
        )
    )


def _written(value: float) -> str:
    return "none" if value < LEAST else f"{value:.3g}"
