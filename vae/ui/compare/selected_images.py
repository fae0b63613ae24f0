"""The images that were selected in the latent map: how many of each class, a table, and downloads."""

import io
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vae.data.to_picture import data_uri
from vae.ui.shared import models
from vae.ui.shared.models import WORDS, Pair
from vae.ui.shared.selection import Selection

if TYPE_CHECKING:  # the first page need not wait for pandas, which takes a third of a second
    import pandas as pd

ROWS = 300  # rows that the table shows; the downloads have all images


def show(pair: Pair, selection: Selection, part: str) -> None:
    """Draw the counts by class, the table and the downloads of a selection."""
    indices = [index for index in selection.indices if index < len(pair.vae.dataset.part(part)[1])]
    if not indices:
        return
    with st.container(border=True, key="selection"):
        _heading(pair, indices, part)
        st.markdown(_counts(pair, indices, part))
        shown = indices[:ROWS]
        st.dataframe(
            _table(pair, shown, part).assign(image=_pictures(pair, shown, part)),
            column_order=["image", "number", pair.vae.dataset.word, *(f"{word} squared error" for word in WORDS)],
            column_config={
                "image": st.column_config.ImageColumn("image", width="small"),
                **{f"{word} squared error": st.column_config.NumberColumn(format="%.4f") for word in WORDS},
            },
            hide_index=True,
            height=min(38 * (len(shown) + 1), 330),
            key="selection_table",
        )
        if len(indices) > ROWS:
            st.caption(f"The table shows the first {ROWS} images. The downloads have all {len(indices):,}.")


def _heading(pair: Pair, indices: list[int], part: str) -> None:
    left, table, values = st.columns([4, 1, 1], vertical_alignment="center")
    left.subheader(f"{len(indices):,} selected {'training' if part == 'train' else 'test'} images")
    table.download_button(
        "Save table (CSV)",
        lambda: _table(pair, indices, part, with_codes=True).to_csv(index=False),
        f"selected-{part}-images.csv",
        "text/csv",
        key="selection_csv",
        on_click="ignore",
        width="stretch",
        help=f"Saves the number, the {pair.vae.dataset.word}, both codes and both errors of every selected image.",
    )
    values.download_button(
        "Save images (npz)",
        lambda: _arrays(pair, indices, part),
        f"selected-{part}-images.npz",
        "application/octet-stream",
        key="selection_npz",
        on_click="ignore",
        width="stretch",
        help="Saves the selected images with their numbers and labels as NumPy arrays.",
    )


def _counts(pair: Pair, indices: list[int], part: str) -> str:
    labels = pair.vae.dataset.part(part)[1][indices].numpy()
    counts = np.bincount(labels, minlength=len(pair.vae.dataset.class_names))
    order = [label for label in np.argsort(-counts, kind="stable") if counts[label]]
    return " · ".join(f"**{pair.vae.dataset.class_names[label]}**: {counts[label]:,}" for label in order)


def _table(pair: Pair, indices: list[int], part: str, *, with_codes: bool = False) -> "pd.DataFrame":
    import pandas as pd

    labels = pair.vae.dataset.part(part)[1][indices].numpy()
    table = pd.DataFrame(
        {"number": indices, pair.vae.dataset.word: [pair.vae.dataset.class_names[label] for label in labels]}
    )
    for word, trained in pair.named():
        table[f"{word} squared error"] = trained.reconstruct(indices, part)[1]
        if with_codes:
            codes = models.codes(trained, part, max(indices) + 1)[0][indices]
            names = [f"{word} z{number}" for number in range(1, codes.shape[1] + 1)]
            table = pd.concat([table, pd.DataFrame(codes, columns=names)], axis=1)
    return table


def _pictures(pair: Pair, indices: list[int], part: str) -> list[str]:
    images = pair.vae.dataset.part(part)[0][indices].numpy()
    return [data_uri(image.transpose(1, 2, 0).squeeze(), scale=1) for image in images]


def _arrays(pair: Pair, indices: list[int], part: str) -> bytes:
    images, labels = pair.vae.dataset.part(part)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, images=images[indices].numpy(), labels=labels[indices].numpy(), indices=np.array(indices)
    )
    return buffer.getvalue()
