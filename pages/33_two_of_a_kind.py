"""Two of a kind: two images of one class, how far apart their codes are, and how much their posteriors overlap."""

import numpy as np
import pandas as pd
import streamlit as st

from vae.data.datasets import Dataset
from vae.data.to_picture import tile
from vae.explore.pairs import PAIRS, distances, overlaps, random_pairs
from vae.figures.pairs import Codes, among_others, side_by_side
from vae.ui.frame import page, pages
from vae.ui.shared import charts
from vae.ui.shared.models import Pair


def show(pair: Pair) -> None:
    """Draw the two images and their codes, then their distance beside the distances of other pairs."""
    dataset = pair.vae.dataset
    labels = dataset.test_labels[: len(pair.vae.codes)].numpy()
    chosen = _choose(dataset, labels)
    if chosen is None:
        return
    label, two = chosen
    _images(pair, two)
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
    _compare(pair, labels, label, np.array([two]))


def _choose(dataset: Dataset, labels: np.ndarray) -> tuple[int, list[int]] | None:
    """Return the chosen class and the indices of two different test images of it, or None after a message."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = list(dataset.class_names)
        name = st.selectbox("Class", names, key="kind_class", bind="query-params", width=180)
        own = np.flatnonzero(labels == names.index(name))
        if len(own) < 2:
            st.info(f"There are not two test images of class {name}. Choose another class.")
            return None
        first, second = (
            st.number_input(
                f"{word} image of this class",
                0,
                len(own) - 1,
                start,
                key=f"kind_{word.lower()}",
                bind="query-params",
                width=200,
            )
            for word, start in (("First", 0), ("Second", 1))
        )
        st.button("Another pair", key="kind_another", icon=":material/casino:", on_click=_another, args=(len(own),))
    if first == second:
        st.info("These are one image. Choose two different ones.")
        return None
    return names.index(name), [int(own[first]), int(own[second])]


def _another(count: int) -> None:
    first, second = np.random.default_rng().permutation(count)[:2]
    st.session_state["kind_first"], st.session_state["kind_second"] = int(first), int(second)


def _images(pair: Pair, two: list[int]) -> None:
    images = pair.vae.dataset.test_images
    columns = st.columns(6)
    for place, index in enumerate(two):
        shown = [(images[index].numpy(), f"test image {index}")]
        for word, trained in pair.named():
            decoded, errors = trained.reconstruct([index])
            shown.append((decoded[0], f"{word}, squared error {errors[0]:.4f}"))
        for column, (image, caption) in zip(columns[3 * place : 3 * place + 3], shown, strict=True):
            with column:
                st.image(tile(image[None], 1, scale=5), caption=caption, width="stretch")


def _compare(pair: Pair, labels: np.ndarray, label: int, two: np.ndarray) -> None:
    same, different = (random_pairs(labels, label, kind) for kind in (True, False))
    rows = {}
    near, far, own = [], [], []
    for word, trained in pair.named():
        near.append(distances(trained.codes, same))
        far.append(distances(trained.codes, different))
        own.append(float(distances(trained.codes, two)[0]))
        rows[f"{word}: distance, in spreads of the codes"] = [own[-1], near[-1].mean(), far[-1].mean()]
        if trained.deviations is not None:
            found = [overlaps(trained.codes, trained.deviations, pairs) for pairs in (two, same, different)]
            rows[f"{word}: overlap of the posteriors, 0 to 1"] = [float(one.mean()) for one in found]
    name = pair.vae.dataset.class_names[label]
    st.subheader("How far apart, and how much they overlap")
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["this pair", f"mean of pairs of class {name}", f"{name} and another class"]
    )
    st.table(table.map(lambda value: f"{value:.3g}"))
    charts.show(
        among_others([f"<b>{w}</b> {t.name}" for w, t in pair.named()], near, far, own),
        "kind_distances",
        "Distances of pairs of the same class and of different classes in both models",
        tools=True,
    )
    st.caption(
        "Distance of codes, a VAE's posterior means, in units of their spread: the root of the summed variances of all "
        f"{len(labels):,} test codes. Overlap: the Bhattacharyya coefficient ∫ √(q₁ q₂) of the two posteriors, 1 for "
        "the same, 0 for two that no z has in common; an AE's codes are points and overlap nowhere. Means and "
        f"histograms: {PAIRS:,} random pairs, the same for both models, of this class, and of this with another."
    )
    st.markdown(
        "**What to look for.** Are two of one class nearer than two of different classes, although neither model was "
        "told the classes? And do the posteriors overlap? The more dimensions there are, the less two of them do: a "
        "VAE keeps images apart by as much as their reconstruction needs, and no further than the KL allows."
    )


page.begin(
    pages.TWO_OF_A_KIND,
    "Two images of the same class: how near do the models put them, and does the VAE mix them up?",
)
show(page.pair())
