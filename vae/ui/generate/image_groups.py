"""Groups of test images: every class, the images selected in the latent map now, and selections that were kept."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from vae.data.dataset import Dataset
from vae.ui.shared.selection import selection

NOW = "images selected now"


def groups(dataset: Dataset, count: int) -> dict[str, tuple[int, ...]]:
    """Return the groups by name, each as the indices of its images below `count`; empty groups are left out."""
    labels = dataset.test_labels[:count].numpy()
    found = {name: tuple(np.flatnonzero(labels == label).tolist()) for label, name in enumerate(dataset.class_names)}
    if (chosen := selection(f"{dataset.name}/test")) is not None:
        found[NOW] = chosen.indices
    for number, indices in enumerate(_kept(dataset), start=1):
        found[f"selection {number}"] = indices
    below = {name: tuple(index for index in indices if index < count) for name, indices in found.items()}
    return {name: indices for name, indices in below.items() if indices}


def offer(dataset: Dataset) -> None:
    """Draw a button that keeps the selected images as a group, so that others can be selected, or say how to select."""
    chosen = selection(f"{dataset.name}/test")
    if chosen is None:
        st.caption(
            "To make groups of your own, draw a lasso around test images in the map on the page Latent spaces. They "
            "are in both lists when you come back."
        )
    elif chosen.indices in _kept(dataset):
        st.caption("The selected images are kept as a group. Select other images in the latent map for a second group.")
    else:
        st.button(
            f"Keep the {len(chosen.indices):,} selected images as a group",
            key="keep_group",
            on_click=_kept(dataset).append,
            args=(chosen.indices,),
        )


def _kept(dataset: Dataset) -> list[tuple[int, ...]]:
    return st.session_state.setdefault("groups", {}).setdefault(dataset.name, [])


def choose(label: str, found: dict[str, tuple[int, ...]], default: str, key: str) -> Sequence[int]:
    """Draw a list of the groups and return the indices of the chosen one."""
    names = list(found)
    # Where the chosen group is gone, the default takes its place.
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
    name = st.selectbox(
        label,
        names,
        index=names.index(default) if default in names else 0,
        key=key,
        bind="query-params",
        width=240,
    )
    return found[name]
