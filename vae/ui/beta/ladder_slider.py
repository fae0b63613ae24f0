"""One slider over a ladder: its runs' samples, reconstructions and maps are sent once; then it needs no server."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from vae.beta.ladder import Ladder, Rung
from vae.data.dataset import Dataset
from vae.data.to_picture import data_uri, tile
from vae.figures.maps import medoid_label, square_range
from vae.figures.style import PALETTE
from vae.ui.beta.rungs import Look, decoded_rungs
from vae.ui.components.component import component
from vae.ui.shared import server
from vae.ui.shared.models import kept

KEY = "ladder_slider"
COLUMNS = 8  # samples a row
PAIRS = 5  # originals a row, each over its reconstruction
_component = component("ladder")


def show(ladder: Ladder, look: Look, fill: Callable[[float, str], None]) -> None:
    """Draw the slider and what the ladder's runs make of the same z and images.

    Args:
        fill: called with β and likelihood of the run at the slider when its button is pressed.

    Raises:
        CheckpointError, DatasetError, OSError: when a run cannot be loaded.
    """

    def pressed() -> None:
        name = (st.session_state.get(KEY) or {}).get("fill")
        if (rung := next((rung for rung in ladder.rungs if rung.name == name), None)) is not None:
            fill(rung.config.beta, rung.config.likelihood)

    _component(key=KEY, data=_message(ladder, look, decoded_rungs(ladder, look)), on_fill_change=pressed)


@kept(max_entries=8)
def _message(ladder: Ladder, look: Look, _rungs: list[Rung]) -> dict[str, Any]:
    return message(_rungs, server.dataset(ladder.config.dataset), look, flat=ladder.config.latent_dim <= 2)


def message(rungs: Sequence[Rung], dataset: Dataset, look: Look, *, flat: bool) -> dict[str, Any]:
    """Build the data that the component receives; pictures are PNG files as data URIs, points float32 in base64."""
    labels = dataset.test_labels[: len(rungs[0].points)].numpy()
    originals = dataset.test_images[look.first_image : look.first_image + look.images].numpy()
    return {
        "of": rungs[0].name,
        "start": min(range(len(rungs)), key=lambda number: abs(rungs[number].beta - 1)),
        "class_names": list(dataset.class_names),
        "colours": list(PALETTE),
        "labels": labels.tolist(),
        "axes": ["z1, turned", "z2, turned"] if flat else ["PC 1, turned", "PC 2, turned"],
        "titles": {
            "samples": f"{look.samples} samples: the same z at every β",
            "copies": "Test images, each above its reconstruction",
            "map": "Latent map; the circles are 1σ and 2σ of the prior",
            "kl": "KL of each latent dimension",
        },
        "rungs": [_rung(rung, originals, labels) for rung in rungs],
    }


def _rung(rung: Rung, originals: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    order = np.argsort(-rung.kl, kind="stable")
    terms = f"KL {rung.rate:.1f} + reconstruction loss {rung.reconstruction:.1f}"
    return {
        "name": rung.name,
        "beta": f"{rung.beta:g}",
        "numbers": f"{terms} = −ELBO {rung.rate + rung.reconstruction:.1f} nats per image",
        "samples": data_uri(tile(rung.samples, COLUMNS, scale=1), scale=1),
        "copies": data_uri(tile(_over_each_other(originals, rung.reconstructions), PAIRS, scale=1), scale=1),
        "points": base64.b64encode(rung.points.astype("<f4").tobytes()).decode(),
        "range": square_range(rung.points),
        "medoids": [
            {key: mark[key] for key in ("x", "y")} | {"label": int(label)}
            for label in np.unique(labels)
            for mark in [medoid_label(rung.points[labels == label], "", "")]
        ],
        "kl": rung.kl[order].tolist(),
        "dimensions": [f"z{index + 1}" for index in order],
    }


def _over_each_other(originals: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Return images in rows of `PAIRS`: each row of originals is followed by the row of its reconstructions."""
    rows = zip(*(np.split(images, len(images) // PAIRS) for images in (originals, reconstructions)), strict=True)
    return np.concatenate([part for pair in rows for part in pair])
