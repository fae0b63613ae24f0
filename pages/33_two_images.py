"""Two images: two images of one class, how far apart their codes are, and how much their posteriors overlap."""

import numpy as np
import streamlit as st

from vae.data.dataset import Dataset
from vae.ui.explore import two_images
from vae.ui.frame import page, pages
from vae.ui.shared import figure_first, words
from vae.ui.shared.models import Pair


def show(pair: Pair) -> None:
    """Draw the two images beside their codes, the controls, then their distance beside the distances of other pairs."""
    dataset = pair.vae.dataset
    labels = dataset.test_labels[: len(pair.vae.codes)].numpy()
    figure, controls = figure_first.places("two")
    with controls:
        chosen = _choose(dataset, labels)
    if chosen is None:
        return
    label, two = chosen
    with figure:
        two_images.codes(pair, two)
    two_images.compare(pair, label, two)
    word, kinds = dataset.word, words.plural(dataset)
    figure_first.more(
        f"Neither model was told the {kinds}. Are two images of one {word} nearer to each other than two images of "
        f"different {kinds} all the same?",
        "The more latent dimensions a VAE has, the less two posteriors overlap: it keeps images apart by as much as "
        "their reconstruction needs, and no further than the KL allows.",
    )


def _choose(dataset: Dataset, labels: np.ndarray) -> tuple[int, list[int]] | None:
    """Return the chosen class and the indices of two different test images of it, or None after a message."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = list(dataset.class_names)
        name = st.selectbox(dataset.word.capitalize(), names, key="kind_class", bind="query-params", width=180)
        own = np.flatnonzero(labels == names.index(name))
        if len(own) < 2:
            st.info(
                f"There are fewer than two test images of {words.of_class(dataset, name)}. Choose another "
                f"{dataset.word}."
            )
            return None
        first, second = (
            st.number_input(
                f"{word} image of the {dataset.word}",
                0,
                len(own) - 1,
                start,
                key=f"kind_{word.lower()}",
                bind="query-params",
                width=200,
            )
            for word, start in (("First", 0), ("Second", 1))
        )
        st.button(
            "Choose another pair", key="kind_another", icon=":material/casino:", on_click=_another, args=(len(own),)
        )
    if first == second:
        st.info("Both numbers are those of one image. Choose two different images.")
        return None
    return names.index(name), [int(own[first]), int(own[second])]


def _another(count: int) -> None:
    first, second = np.random.default_rng().permutation(count)[:2]
    st.session_state["kind_first"], st.session_state["kind_second"] = int(first), int(second)


page.begin(
    pages.TWO_IMAGES,
    "An AE makes a point of an image. A VAE makes a Gaussian, its posterior: the bars show its mean ± σ.",
    "Do the bars of the two images overlap? Where they overlap in every dimension, the VAE can mix the images up.",
)
show(page.pair())
