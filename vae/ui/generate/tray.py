"""The tray: samples that are kept until the session ends, and their downloads."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from vae.data.dataset import Dataset
from vae.figures.images import image_rows
from vae.generate.samples import Sample, to_npz, to_png
from vae.ui.shared import picture_rows
from vae.ui.shared.readings import reading_text
from vae.ui.shared.words import counted

MOST = 200
COLUMNS = 8


def kept(dataset: str) -> list[Sample]:
    """Return the session's own list of kept samples, of all models of a data set."""
    return st.session_state.setdefault("tray", {}).setdefault(dataset, [])


def keep(dataset: str, samples: Sequence[Sample]) -> None:
    """Put samples into the tray, each once; when it is full, the oldest are dropped."""
    held = kept(dataset)
    known = {_identity(sample) for sample in held}
    held += [sample for sample in samples if _identity(sample) not in known]
    del held[:-MOST]


def _identity(sample: Sample) -> tuple[str, bytes]:
    return str(sample.settings["model"]), sample.latent.tobytes()


def show(dataset: Dataset) -> None:
    """Draw the kept samples, if there are any, with their downloads and a button that empties the tray."""
    held = kept(dataset.name)
    if not held:
        return
    with st.container(border=True, key="tray_box"):
        st.subheader(f"You have kept {counted(len(held), 'sample')}")
        of_model = {name: [s for s in held if s.settings["model"] == name][-COLUMNS:] for name in _models(held)}
        picture_rows.show(
            image_rows(
                {name: np.stack([sample.image for sample in row]) for name, row in of_model.items()},
                {
                    name: [reading_text(dataset.class_names, sample.read, sample.probability) for sample in row]
                    for name, row in of_model.items()
                },
                columns=COLUMNS,
            ),
            "tray_rows",
            "The kept samples",
        )
        if any(len(row) == COLUMNS for row in of_model.values()):
            st.caption(f"These are the last {COLUMNS} samples of each model. The downloads hold all {len(held)}.")
        with st.container(horizontal=True):
            downloads(held, dataset, "kept-samples", "tray")
            st.button("Empty the tray", key="tray_empty", icon=":material/delete:", on_click=held.clear)


def _models(held: Sequence[Sample]) -> list[str]:
    return list(dict.fromkeys(str(sample.settings["model"]) for sample in held))


def downloads(samples: Sequence[Sample], dataset: Dataset, name: str, key: str) -> None:
    """Draw buttons that download samples as a picture and as arrays; a file is made when its button is pressed."""
    st.download_button(
        "Download a picture (PNG)",
        lambda: to_png(samples, COLUMNS),
        f"{name}.png",
        "image/png",
        key=f"{key}_png",
        on_click="ignore",
    )
    st.download_button(
        "Download arrays (npz)",
        lambda: to_npz(samples, dataset.class_names),
        f"{name}.npz",
        "application/octet-stream",
        key=f"{key}_npz",
        on_click="ignore",
        help="The file holds the image, z, the class that the judge reads, its probability, the realism score and the "
        "settings of every sample.",
    )
