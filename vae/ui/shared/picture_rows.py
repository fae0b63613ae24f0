"""The one function with which pages draw rows of small images, which shrink in a narrow window."""

import re
from collections.abc import Iterator, Sequence

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.ui.shared import charts, style

TEXT = 16  # pixels


def halves(images: Sequence[int]) -> Iterator[tuple[DeltaGenerator, Sequence[int]]]:
    """Return the first and the second half of some images, each with a column, which a phone draws below each other."""
    middle = -(-len(images) // 2)
    return zip(st.columns(2), filter(None, (images[:middle], images[middle:])), strict=False)


def show(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure of `figures.images` or `figures.on_demand`, and cut off what is empty below its rows.

    A figure keeps its height in a narrow window, where its images are smaller. How high the rows are follows from the
    width that the window leaves them.

    Args:
        key: the element's key, unique on its page.
        alt: what the figure shows, for people who cannot see it.
    """
    layout = figure.layout
    (left, right), (bottom, top) = layout.xaxis.range, layout.yaxis.range
    margin = layout.margin
    across = f"(100cqw - {margin.l + margin.r}px) / {right - left:g}"
    # Lines of text do not shrink with the images.
    rows = f"calc({across} * {abs(top - bottom):g} + {margin.t + margin.b + TEXT}px)"
    # Streamlit makes the class of a key in this way.
    name = re.sub(r"[^a-zA-Z0-9_-]", "-", key)
    rules = (
        f".st-key-{name}_rows {{ container-type: inline-size; }} "
        f".st-key-{name} {{ max-height: {rows}; overflow: hidden; }}"
    )
    with st.container(key=f"{key}_rows"):
        charts.show(figure, key, alt)
        style.add(rules, key)
