"""Two images: two images of one class, how far apart their codes are, and how much their posteriors overlap."""

import numpy as np
import streamlit as st

from vae.data.dataset import Dataset
from vae.ui.explore import two_images
from vae.ui.frame import page, pages
from vae.ui.shared.models import Pair


def show(pair: Pair) -> None:
    """Draw the two images and their codes, then their distance beside the distances of other pairs."""
    dataset = pair.vae.dataset
    labels = dataset.test_labels[: len(pair.vae.codes)].numpy()
    chosen = _choose(dataset, labels)
    if chosen is None:
        return
    label, two = chosen
    two_images.images(pair, two)
    two_images.codes(pair, two)
    two_images.compare(pair, label, two)


def _choose(dataset: Dataset, labels: np.ndarray) -> tuple[int, list[int]] | None:
    """Return the chosen class and the indices of two different test images of it, or None after a message."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = list(dataset.class_names)
        name = st.selectbox(dataset.word.capitalize(), names, key="kind_class", bind="query-params", width=180)
        own = np.flatnonzero(labels == names.index(name))
        if len(own) < 2:
            st.info(f"There are not two test images of {_named(dataset, name)}. Choose another {dataset.word}.")
            return None
        first, second = (
            st.number_input(
                f"{word} image of this {dataset.word}",
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


def _named(dataset: Dataset, name: str) -> str:
    """Return a class by its word and name; the name of a cluster says already what it is."""
    return f"class {name}" if dataset.labelled else name


def _another(count: int) -> None:
    first, second = np.random.default_rng().permutation(count)[:2]
    st.session_state["kind_first"], st.session_state["kind_second"] = int(first), int(second)


page.begin(
    pages.TWO_IMAGES,
    "Two images of the same kind: how near do the models put them, and does the VAE mix them up?",
)
show(page.pair())
