"""Figures for a projector: every text of a figure is as large as a room needs."""

from typing import Any

import plotly.graph_objects as go

WIDER = 28  # pixels that a fixed left margin gains, for the larger numbers of an axis


def readable(figure: go.Figure, least: int) -> go.Figure:
    """Return a copy of a figure whose texts have `least` pixels or more; the figure itself stays as it is."""
    found = go.Figure(_raised(figure.to_dict(), least))
    found.update_layout(
        font_size=least, legend_font_size=least, legend_title_font_size=least, hoverlabel_font_size=least
    )
    for update in (found.update_xaxes, found.update_yaxes):
        update(title_font_size=least, tickfont_size=least)
    if found.layout.margin.l is not None and found.layout.margin.l > WIDER:
        found.update_layout(margin_l=found.layout.margin.l + WIDER)
    return found


def _raised(part: Any, least: int, *, of_font: bool = False) -> Any:
    """Return a part of a figure's dictionary with the size of every font in it raised."""
    if isinstance(part, dict):
        raised = {key: _raised(value, least, of_font=key.endswith("font")) for key, value in part.items()}
        if of_font and isinstance(raised.get("size"), int | float):
            raised["size"] = max(raised["size"], least)
        return raised
    if isinstance(part, list | tuple):
        return [_raised(one, least) for one in part]
    return part
