"""One slider over a ladder: its runs' samples, reconstructions and maps are sent once; then it needs no server."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from vae.beta.ladder import Ladder, Rung
from vae.data.dataset import Dataset
from vae.data.to_picture import data_uri, tile
from vae.figures.maps import medoid_label
from vae.figures.style import PALETTE
from vae.ui.beta.rungs import Look, decoded_rungs
from vae.ui.components.component import component
from vae.ui.shared import server
from vae.ui.shared.models import kept

KEY = "ladder_slider"
COLUMNS = 8  # samples a row
PAIRS = 5  # originals a row, each over its reconstruction
_component = component("ladder")


def show(ladder: Ladder, look: Look, fill: Callable[[float, str], None] | None = None) -> None:
    """Draw the slider and what the ladder's runs make of the same z and images.

    Args:
        fill: called with β and likelihood of the run at the slider when its button is pressed; None for no button.

    Raises:
        CheckpointError, DatasetError, OSError: when a run cannot be loaded.
    """

    def pressed() -> None:
        name = (st.session_state.get(KEY) or {}).get("fill")
        if fill and (rung := next((rung for rung in ladder.rungs if rung.name == name), None)) is not None:
            fill(rung.config.beta, rung.config.likelihood)

    data = _message(ladder, look, decoded_rungs(ladder, look)) | {"fills": fill is not None}
    _component(key=KEY, data=data, on_fill_change=pressed)


@kept(max_entries=8)
def _message(ladder: Ladder, look: Look, _rungs: list[Rung]) -> dict[str, Any]:
    return message(_rungs, server.dataset(ladder.config.dataset), look)


def message(rungs: Sequence[Rung], dataset: Dataset, look: Look) -> dict[str, Any]:
    """Build the data that the component receives; pictures are PNG files as data URIs, points float32 in base64."""
    labels = dataset.test_labels[: len(rungs[0].points)].numpy()
    edge, highest = scales(rungs)
    size = len(rungs[0].kl)
    plane = "Latent map" if size <= 2 else "First two principal components"
    originals = dataset.test_images[look.first_image : look.first_image + look.images].numpy()
    return {
        "of": rungs[0].name,
        "start": min(range(len(rungs)), key=lambda number: abs(rungs[number].beta - 1)),
        "class_names": list(dataset.class_names),
        "colours": list(PALETTE),
        "labels": labels.tolist(),
        "edge": edge,
        "highest": highest,
        "titles": {
            "samples": f"{look.samples} samples of a {size}-D VAE: the same z at every β",
            "copies": "Test images, each above its reconstruction",
            "map": f"{plane}; the circles are 1σ and 2σ of the prior",
            "kl": "KL of each latent dimension",
        },
        "note": "Each map is turned so that images lie near their places at the β before; the scale stays.",
        "rungs": [_rung(rung, originals, labels, edge) for rung in rungs],
    }


def scales(rungs: Sequence[Rung]) -> tuple[float, float]:
    """Return the scales that all rungs share: how far the map reaches from 0, and the top of the KL's axis in nats.

    They hold 99 % of the codes and all KL of every rung but that of β = 0, which pays nothing for codes that are tens
    of σ away, on whose scale the others would be specks.
    """
    paying = [rung for rung in rungs if rung.beta > 0]
    edge = max(float(np.quantile(np.linalg.norm(rung.points, axis=1), 0.99)) for rung in paying)
    return 1.05 * edge, max(1.05 * max(float(rung.kl.max()) for rung in paying), 0.1)


def _numbers(rung: Rung) -> list[str]:
    """Say what is summed to the bound and to the loss; with two decimals, so that what is read adds up."""
    rate, loss = round(rung.rate, 2), round(rung.reconstruction, 2)
    return [
        f"−ELBO = reconstruction loss {loss:.2f} + KL {rate:.2f} = {loss + rate:.2f} nats per image.",
        f"Loss with β = {loss:.2f} + {rung.beta:g} · {rate:.2f} = {loss + rung.beta * rate:.2f} nats per image.",
    ]


def _rung(rung: Rung, originals: np.ndarray, labels: np.ndarray, edge: float) -> dict[str, Any]:
    order = np.argsort(-rung.kl, kind="stable")
    beyond = int((np.abs(rung.points) > edge).any(1).sum())
    return {
        "name": rung.name,
        "beta": f"{rung.beta:g}",
        "numbers": _numbers(rung),
        "samples": data_uri(tile(rung.samples, COLUMNS, scale=1), scale=1),
        "copies": data_uri(tile(_over_each_other(originals, rung.reconstructions), PAIRS, scale=1), scale=1),
        "points": base64.b64encode(rung.points.astype("<f4").tobytes()).decode(),
        "beyond": f"{beyond:,} of {len(rung.points):,} codes lie beyond the edge.",
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
