"""The one function with which pages draw Plotly figures."""

from contextlib import nullcontext
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from vae.figures.presented import readable
from vae.ui.shared import presenting

BELOW = 64  # pixels below a map without a legend
Fill = Literal["", "tall", "half", "strip", "rest"]
# Figures of pages that are often presented, by key.
FILLS: dict[str, Fill] = {"strip_ae": "half", "strip_vae": "half", "draw_pictures": "strip", "draw_maps": "rest"}


def show(figure: go.Figure, key: str, alt: str, *, tools: bool = False, zoom: bool = False, fill: Fill = "") -> None:
    """Draw a figure on the page; on a presented page its texts are large.

    Args:
        key: the element's key, unique on its page.
        alt: what the figure shows, for people who cannot see it.
        tools: whether Plotly's buttons (zoom, pan, save as PNG) are offered.
        zoom: whether the mouse wheel zooms.
        fill: how much of a presented page's height it takes: all that there is, half of it, that of a strip of images,
            what such a strip leaves, or its own.
    """
    # Plotly takes pandas from among the modules, where it lies half imported while another thread imports it.
    import pandas  # noqa: F401

    config = {"displaylogo": False} if tools else {"displayModeBar": False}
    config |= {"scrollZoom": True} if zoom else {}
    if not presenting.active():
        st.plotly_chart(figure, key=key, config=config, alt=alt)
        return
    figure, fill = readable(figure, presenting.LEAST_TYPE), fill or FILLS.get(key, "")
    if fill:
        figure.update_layout(height=None)
    if fill == "rest":
        # There is no room for a legend, and classes are named on the map, which has its axis below it.
        figure.update_layout(showlegend=False, margin_b=BELOW)
    with st.container(key=f"fill_{fill}_{key}") if fill else nullcontext():  # the style sheet gives it its height
        st.plotly_chart(figure, key=key, config=config, alt=alt, height="stretch" if fill else "content")
