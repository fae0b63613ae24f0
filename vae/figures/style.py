"""Colours and the frame that figures share."""

from typing import Any

import plotly.graph_objects as go

# Colour-blind people can tell these apart on white and on black: Paul Tol's bright scheme, extended.
PALETTE = (
    *("#4477AA", "#EE6677", "#228833", "#B8A000", "#33A6C8"),
    *("#AA3377", "#8C8C8C", "#7A6BD1", "#EE7733", "#009988"),
)
# Viridis without its darkest part, which a dark page would swallow: from few to many.
RAMP = (
    *("#46327E", "#414487", "#3A538B", "#34618D", "#2E6E8E", "#297B8E", "#25848E", "#21918C"),
    *("#1F9E89", "#28AE80", "#3FBC73", "#5EC962", "#84D44B", "#ADDC30", "#D8E219", "#FDE725"),
)
GRID = "rgba(128, 128, 128, 0.2)"
TITLED = 40  # pixels above the panels of a figure, where these have titles
LABELLED = 60  # at the left, for the numbers and the title of an axis
TITLED_BELOW = 44  # below the panels, for an axis' ticks and title
TITLED_TWICE = 56  # the same for titles of two lines, which stay apart on a phone


def framed(figure: go.Figure, height: int, *, top: int = 10, legend: bool = False, **layout: Any) -> go.Figure:
    """Set a figure's height and the narrow margins of all figures, and return it.

    Args:
        height: in pixels.
        top: the margin above the plot, in pixels.
        legend: whether the legend is a row below everything else.
        layout: further properties of the layout.
    """
    if legend:
        layout["legend"] = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"}
    return figure.update_layout(height=height, margin={"l": 10, "r": 10, "t": top, "b": 10}, **layout)
