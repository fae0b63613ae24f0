"""The one function with which pages draw Plotly figures."""

import plotly.graph_objects as go
import streamlit as st


def show(figure: go.Figure, key: str, alt: str, *, tools: bool = False, zoom: bool = False) -> None:
    """Draw a figure on the page.

    Args:
        key: the element's key, unique on its page.
        alt: what the figure shows, for people who cannot see it.
        tools: whether Plotly's buttons (zoom, pan, save as PNG) are offered.
        zoom: whether the mouse wheel zooms.
    """
    # Plotly takes pandas from among the modules, where it lies half imported while another thread imports it.
    import pandas  # noqa: F401

    config = {"displaylogo": False} if tools else {"displayModeBar": False}
    st.plotly_chart(figure, key=key, config=config | ({"scrollZoom": True} if zoom else {}), alt=alt)
