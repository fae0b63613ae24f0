"""Colours of the dots of the latent maps: by class, by a number of each model, or by a column of the images."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from vae.data.dataset import Dataset
from vae.explore.colouring import Categories, Scale, categories, density, scale
from vae.explore.projection import Projection
from vae.figures.maps import FigureScale, Panel
from vae.ui.compare.maps import View
from vae.ui.shared import models
from vae.ui.shared.models import Pair

KEY = "colour_by"
BY = "Colour by "
ERROR, KL, DENSITY = "squared error", "KL", "density on the map"
UNITS = {
    ERROR: "squared error per pixel value",
    KL: "KL, nats (the AE has none)",
    DENSITY: "density, log₁₀ of the ratio to the median",
}
MEASURED = {ERROR: "mse", KL: "test_kl"}  # which are measured of test images


def choose(pair: Pair, part: str) -> str:
    """Draw the list of what can colour the dots and return the chosen one; "" is the class or cluster."""
    options = {f"{BY}{name or _word(pair.vae.dataset)}": name for name in offered(pair.vae.dataset, part)}
    if st.session_state.get(KEY) not in options:  # a column of another set, or a number that is not measured
        st.session_state.pop(KEY, None)
    chosen = st.selectbox(
        "Colour by",
        list(options),
        key="colour_by",
        label_visibility="collapsed",
        width=220,
        bind="query-params",
    )
    return options[chosen]


def offered(dataset: Dataset, part: str) -> list[str]:
    """Name everything that can colour the dots of a part of a data set; "" is the class or cluster."""
    columns = [name for name, values in dataset.columns.items() if _tells(values) and name not in UNITS]
    return ["", *(MEASURED if part == "test" else ()), DENSITY, *columns]


def colouring(pair: Pair, view: View, projections: Sequence[Projection], by: str) -> Categories | Scale:
    """Return the colours of a view's images by what was chosen."""
    dataset = pair.vae.dataset
    if not by:
        return Categories(dataset.part(view.part)[1][: view.count].numpy(), dataset.class_names)
    if by == DENSITY:
        return scale(*(density(projection.points) for projection in projections))
    if by in MEASURED:
        measure = models.losses_per_image if by == KL else models.codes_per_image
        return scale(*(_first(measure(trained).get(MEASURED[by]), view.count) for trained in pair))
    values = dataset.columns[by][dataset.rows(view.part)][: view.count]
    return scale(values, values) if values.dtype.kind == "f" else categories(values)


def of_panels(
    panels: Sequence[Panel], pair: Pair, view: View, projections: Sequence[Projection], by: str
) -> tuple[list[Panel], tuple[str, ...], FigureScale | None]:
    """Return the panels of a Plotly figure coloured by what was chosen, the names of their labels, and their scale."""
    found = colouring(pair, view, projections, by)
    if isinstance(found, Categories):
        return [replace(panel, labels=found.labels) for panel in panels], found.names, None
    coloured = [replace(panel, values=values) for panel, values in zip(panels, found.values, strict=True)]
    return coloured, pair.vae.dataset.class_names, FigureScale(unit(by), found.low, found.high)


def unit(by: str) -> str:
    """Return the name of what colours the dots, with its unit where it has one."""
    return UNITS.get(by, by)


def _first(values: np.ndarray | None, count: int) -> np.ndarray | None:
    return None if values is None else values[:count].astype(np.float64)


def _word(dataset: Dataset) -> str:
    return "class" if dataset.labelled else "cluster"


def _tells(values: np.ndarray) -> bool:
    """Tell whether a column tells groups of images apart: numbers do, and texts of which most are not unique."""
    if values.dtype.kind == "f":
        return bool(np.isfinite(values).any())
    return 1 < len(np.unique(values)) <= len(values) // 2
