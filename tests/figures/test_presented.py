"""Figures for a projector."""

import plotly.graph_objects as go

from vae.figures.presented import readable


def test_every_text_is_as_large_as_asked_and_the_figure_itself_stays() -> None:
    figure = go.Figure(go.Scatter(x=[0], y=[0], mode="text", text=["a"], textfont={"size": 9}))
    figure.update_layout(annotations=[{"text": "b", "font": {"size": 11}}, {"text": "c", "font": {"size": 30}}])
    before = figure.to_json()
    found = readable(figure, 18)
    assert found.data[0].textfont.size == 18
    assert [note.font.size for note in found.layout.annotations] == [18, 30]
    assert found.layout.font.size == found.layout.xaxis.tickfont.size == 18
    assert figure.to_json() == before


def test_marks_keep_their_size() -> None:
    assert readable(go.Figure(go.Scatter(x=[0], y=[0], marker={"size": 4})), 18).data[0].marker.size == 4
